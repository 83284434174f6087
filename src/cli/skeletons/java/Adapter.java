// Puts an OAuth 1.0a library behind the adapter protocol of countersign, version 1. It needs Java 17 and nothing else.
//
// Run:   java Adapter.java
// Build: javac -d classes Adapter.java
// Test:  countersign test --adapter 'java -cp classes Adapter'
//
// Delivered, it signs with PLAINTEXT only and passes: replace what stands under YOUR LIBRARY.

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

public final class Adapter {
    // ---- YOUR LIBRARY -----------------------------------------------------------------------------------------------

    private static final Map<String, Object> OFFER = object(
            // Who is tested: this stands in every report.
            "implementation", object(
                    "name", "my-library", "version", "0.0.0", "language", "Java", "language_version", Runtime.version().toString()),
            // Add what the library has, and answer it in answer(): base_string, verify, percent_decode, parse_authorization, ...
            "operations", List.of("sign", "percent_encode"),
            // Add what the library signs with: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512.
            "signature_methods", List.of("PLAINTEXT"),
            // Add what sign() hands on: form_body, duplicates, extra_parameters, realm, callback, verifier, transmission, body_hash, codes.
            "features", List.of("fixed_nonce", "no_version"),
            // How many questions may wait in the pipe; they are answered in their order.
            "max_in_flight", 64);

    /** Call the library here with method, url, headers, body, client, token, nonce, timestamp, ... of the request. */
    private static Map<String, Object> sign(Map<String, Object> request) throws Exception {
        if (!"PLAINTEXT".equals(request.get("signature_method"))) {
            // Leave this out when the library is called: it has to refuse names that it does not know.
            throw new Unsupported("signature_method:" + request.get("signature_method"));
        }
        Object version = request.get("version");
        if (version != null && !version.equals("1.0")) {
            // Throw this wherever the library refuses; the codes stand in countersign's vectors/README.md, null will do.
            throw new Reject("version_rejected", "oauth_version is not 1.0");
        }
        Object client = members(request.get("client")).get("secret");
        Object token = request.get("token") == null ? null : members(request.get("token")).get("secret");
        // RFC 5849 section 3.4.4; give "authorization" beside the signature if the library makes the header.
        return object("signature", percentEncode(octets(client)) + "&" + percentEncode(octets(token)));
    }

    /** Section 3.6: the library's own function, if it has one. In ISO 8859-1 each octet is one character. */
    private static String percentEncode(byte[] text) {
        String form = URLEncoder.encode(new String(text, ISO_8859_1), ISO_8859_1);
        return form.replace("+", "%20").replace("*", "%2A").replace("%7E", "~");
    }

    /** Add a case for each operation that is offered. */
    private static Map<String, Object> answer(String operation, Map<String, Object> asked) throws Exception {
        return switch (operation) {
            case "sign" -> sign(asked);
            case "percent_encode" -> object("encoded", percentEncode(octets(asked.get("text"))));
            default -> throw new Unsupported("operation:" + operation);
        };
    }

    // ---- The protocol: nothing to change from here on ---------------------------------------------------------------

    /** The library refuses the input: a code of the protocol, or null, and a message. */
    private static final class Reject extends Exception {
        private final String code;

        Reject(String code, String message) {
            super(message);
            this.code = code;
        }
    }

    /** The library does not offer this, such as "feature:realm". */
    private static final class Unsupported extends Exception {
        Unsupported(String what) {
            super(what);
        }
    }

    public static void main(String[] arguments) throws IOException {
        PrintStream answers = System.out;
        // What the library prints must not get between the answers.
        System.setOut(System.err);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isBlank()) {
                continue;
            }
            String id = null;
            String response;
            try {
                Map<String, Object> message = members(new Json(line).read());
                String type = text(message, "type");
                if (type.equals("bye")) {
                    break;
                } else if (type.equals("hello")) {
                    Map<String, Object> hello = object("type", "hello", "protocol", 1);
                    hello.putAll(OFFER);
                    response = Json.write(hello);
                } else if (type.equals("run")) {
                    id = text(message, "id");
                    Map<String, Object> output = answer(text(message, "operation"), members(message.get("input")));
                    response = Json.write(object("type", "result", "id", id, "output", output));
                } else {
                    continue;
                }
            } catch (Reject refusal) {
                response = Json.write(object("type", "reject", "id", id, "code", refusal.code, "message", refusal.getMessage()));
            } catch (Unsupported missing) {
                response = Json.write(object("type", "unsupported", "id", id, "what", missing.getMessage()));
            } catch (Throwable failure) {
                StringWriter trace = new StringWriter();
                failure.printStackTrace(new PrintWriter(trace));
                Map<String, Object> error = object("type", "error", "message", failure.toString(), "traceback", trace.toString());
                if (id != null) {
                    error.put("id", id);
                }
                response = Json.write(error);
            }
            answers.write((response + "\n").getBytes(UTF_8));
            answers.flush();
        }
    }

    /** An object of names and values by turns. */
    private static Map<String, Object> object(Object... members) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int at = 0; at < members.length; at += 2) {
            object.put((String) members[at], members[at + 1]);
        }
        return object;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> members(Object object) {
        if (object instanceof Map) {
            return (Map<String, Object>) object;
        }
        throw new IllegalArgumentException("an object is missing");
    }

    private static String text(Map<String, Object> object, String name) {
        if (object.get(name) instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException("the text " + name + " is missing");
    }

    /** The octets of a text: a string, {"base64": "..."} where they are not UTF-8, or null. */
    private static byte[] octets(Object text) throws IOException {
        if (text == null) {
            return new byte[0];
        }
        if (text instanceof String characters) {
            ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(characters));
            byte[] octets = new byte[encoded.remaining()];
            encoded.get(octets);
            return octets;
        }
        return Base64.getDecoder().decode(text(members(text), "base64"));
    }

    /** JSON: objects are maps, arrays are lists, numbers are longs or doubles. */
    private static final class Json {
        private static final int DEPTH_LIMIT = 64;

        private final String text;
        private int at = 0;
        private int depth = 0;

        Json(String text) {
            this.text = text;
        }

        /** The value that the text is. */
        Object read() {
            Object value = value();
            peek();
            return at == text.length() ? value : wrong();
        }

        private Object value() {
            char first = peek();
            switch (first) {
                case '{', '[':
                    at++;
                    if (++depth > DEPTH_LIMIT) {
                        return wrong();
                    }
                    Object nested = first == '{' ? members() : items();
                    depth--;
                    return nested;
                case '"':
                    return string();
                case 't':
                    return word("true", true);
                case 'f':
                    return word("false", false);
                case 'n':
                    return word("null", null);
                default:
                    return number();
            }
        }

        private Map<String, Object> members() {
            Map<String, Object> members = new LinkedHashMap<>();
            if (skip('}')) {
                return members;
            }
            do {
                peek();
                String name = string();
                expect(':');
                members.put(name, value());
            } while (skip(','));
            expect('}');
            return members;
        }

        private List<Object> items() {
            List<Object> items = new ArrayList<>();
            if (skip(']')) {
                return items;
            }
            do {
                items.add(value());
            } while (skip(','));
            expect(']');
            return items;
        }

        private String string() {
            StringBuilder string = new StringBuilder();
            if (next() != '"') {
                wrong();
            }
            for (char character = next(); character != '"'; character = next()) {
                if (character < ' ') {
                    wrong();
                }
                string.append(character == '\\' ? escaped() : character);
            }
            return string.toString();
        }

        private char escaped() {
            char escape = next();
            int simple = "\"\\/bfnrt".indexOf(escape);
            if (simple >= 0) {
                return "\"\\/\b\f\n\r\t".charAt(simple);
            }
            int code = 0;
            for (int digit = 0; digit < 4; digit++) {
                int value = escape == 'u' ? "0123456789abcdef".indexOf(Character.toLowerCase(next())) : -1;
                code = value < 0 ? (char) wrong() : code * 16 + value;
            }
            return (char) code;
        }

        private Object number() {
            int start = at;
            while (at < text.length() && "+-.0123456789Ee".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            String number = text.substring(start, at);
            if (number.matches("-?(0|[1-9][0-9]{0,17})")) {
                return Long.valueOf(number);
            }
            return number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?") ? Double.valueOf(number) : wrong();
        }

        private Object word(String word, Object value) {
            if (!text.startsWith(word, at)) {
                return wrong();
            }
            at += word.length();
            return value;
        }

        /** The next character that is no white space, without taking it; NUL at the end. */
        private char peek() {
            while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
            return at < text.length() ? text.charAt(at) : 0;
        }

        private char next() {
            return at < text.length() ? text.charAt(at++) : (char) wrong();
        }

        private boolean skip(char wanted) {
            boolean found = peek() == wanted;
            at += found ? 1 : 0;
            return found;
        }

        private void expect(char wanted) {
            if (!skip(wanted)) {
                wrong();
            }
        }

        private Object wrong() {
            throw new IllegalArgumentException("not JSON at character " + at);
        }

        static String write(Object value) {
            StringBuilder out = new StringBuilder();
            write(value, out);
            return out.toString();
        }

        private static void write(Object value, StringBuilder out) {
            if (value instanceof Map<?, ?> members) {
                String separator = "{";
                for (Map.Entry<?, ?> member : members.entrySet()) {
                    out.append(separator);
                    write(member.getKey(), out);
                    out.append(':');
                    write(member.getValue(), out);
                    separator = ",";
                }
                out.append(members.isEmpty() ? "{}" : "}");
            } else if (value instanceof List<?> items) {
                String separator = "[";
                for (Object item : items) {
                    out.append(separator);
                    write(item, out);
                    separator = ",";
                }
                out.append(items.isEmpty() ? "[]" : "]");
            } else if (value == null || value instanceof Boolean || value instanceof Number) {
                out.append(value);
            } else if (value instanceof String text) {
                out.append('"');
                text.chars().forEach(character -> {
                    boolean isPlain = character >= ' ' && character < 0x7f && character != '"' && character != '\\';
                    out.append(isPlain ? (char) character : String.format("\\u%04x", character));
                });
                out.append('"');
            } else {
                throw new IllegalArgumentException(value.getClass() + " is not written");
            }
        }
    }
}
