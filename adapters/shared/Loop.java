// The loop of the adapter protocol for libraries in Java: questions on stdin, answers on stdout, one JSON object a line.
// What a library is asked and how stands in the library's own adapter, which is compiled together with this file; it knows no library.

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

final class Loop {
    // Lines are read and answered one after the other; the pipe holds those that wait.
    private static final int MAX_IN_FLIGHT = 64;

    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().serializeNulls().create();
    private static final PrintStream OUT = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

    private Loop() {}

    // The library's interface has no words for this question: feature:…, signature_method:….
    static final class Unsupported extends Exception {
        Unsupported(String what) {
            super(what);
        }
    }

    // The library has refused by its return value and not with an exception.
    static final class Refused extends Exception {
        Refused(String why) {
            super(why);
        }
    }

    interface Operation {
        // The output of an input, with "stages" in it if there are any.
        Map<String, Object> answer(Asked asked) throws Exception;
    }

    // The input of a question.
    static final class Asked {
        private final Map<?, ?> members;

        Asked(Map<?, ?> members) {
            this.members = members;
        }

        boolean has(String name) {
            return members.get(name) != null;
        }

        // A text; null if it is absent. For interfaces that take text only.
        String text(String name) throws Unsupported {
            return Loop.text(members.get(name));
        }

        byte[] octets(String name) {
            Object value = members.get(name);
            if (value instanceof Map<?, ?> map) return Base64.getDecoder().decode((String) map.get("base64"));
            return value == null ? null : ((String) value).getBytes(StandardCharsets.UTF_8);
        }

        Asked object(String name) {
            return members.get(name) instanceof Map<?, ?> inner ? new Asked(inner) : null;
        }

        List<String[]> pairs(String name) throws Unsupported {
            List<String[]> pairs = new ArrayList<>();
            if (members.get(name) instanceof List<?> list) {
                for (Object each : list) {
                    List<?> pair = (List<?>) each;
                    pairs.add(new String[] {Loop.text(pair.get(0)), Loop.text(pair.get(1))});
                }
            }
            return pairs;
        }

        // The header fields as a map, for interfaces that take one.
        Map<String, String> fields() throws Unsupported {
            Map<String, String> fields = new LinkedHashMap<>();
            for (String[] pair : pairs("headers")) {
                if (fields.keySet().stream().anyMatch(pair[0]::equalsIgnoreCase)) throw new Unsupported("feature:repeated_fields");
                fields.put(pair[0], pair[1]);
            }
            return fields;
        }
    }

    private static String text(Object value) throws Unsupported {
        if (value instanceof Map) throw new Unsupported("feature:octets");
        return (String) value;
    }

    // Octets that are not UTF-8 are written {"base64": "…"}.
    static Object octets(byte[] value) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString();
        } catch (CharacterCodingException notText) {
            return Map.of("base64", Base64.getEncoder().encodeToString(value));
        }
    }

    private static void say(Map<String, Object> message) {
        OUT.println(GSON.toJson(message));
        OUT.flush();
    }

    private static Map<String, Object> answer(Operation operation, Asked asked) {
        Map<String, Object> answer = new LinkedHashMap<>();
        try {
            Map<String, Object> output = new LinkedHashMap<>(operation.answer(asked));
            Object stages = output.remove("stages");
            answer.put("type", "result");
            answer.put("output", output);
            if (stages != null) answer.put("stages", stages);
        } catch (Unsupported missing) {
            answer.put("type", "unsupported");
            answer.put("what", missing.getMessage());
        } catch (NullPointerException | IndexOutOfBoundsException | ClassCastException | StackOverflowError failure) {
            // Mistakes of a program, and not its way of saying no.
            answer.put("type", "error");
            answer.put("message", failure.toString());
        } catch (Exception refusal) {
            answer.put("type", "reject");
            answer.put("message", refusal.toString());
        }
        return answer;
    }

    static void serve(String name, String version, String homepage, Map<String, Operation> operations, List<String> signatureMethods,
            List<String> features) throws Exception {
        say(new LinkedHashMap<>(Map.of(
                "type", "hello", "protocol", 1, "operations", operations.keySet(), "signature_methods", signatureMethods,
                "features", features, "max_in_flight", MAX_IN_FLIGHT,
                "implementation", Map.of("name", name, "version", version, "language", "Java",
                        "language_version", Runtime.version().toString(), "homepage", homepage))));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Map<?, ?> message = GSON.fromJson(line, Map.class);
            if ("bye".equals(message.get("type"))) return;
            if (!"run".equals(message.get("type"))) continue;
            Map<String, Object> answer = answer(operations.get(message.get("operation")), new Asked((Map<?, ?>) message.get("input")));
            answer.put("id", message.get("id"));
            say(answer);
        }
    }
}
