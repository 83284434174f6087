// Signpost: consumer.sign(request), with the application's own request behind its interface HttpRequest, as its modules for HTTP clients
// have one. Nonce and timestamp come from two protected methods, overridden here; callback, verifier, extensions and realm are additional
// parameters, as its provider passes them. The base string is SignatureBaseString.generate, noted in a message signer of the caller's.

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import oauth.signpost.AbstractOAuthConsumer;
import oauth.signpost.OAuth;
import oauth.signpost.exception.OAuthMessageSignerException;
import oauth.signpost.http.HttpParameters;
import oauth.signpost.http.HttpRequest;
import oauth.signpost.signature.HmacSha1MessageSigner;
import oauth.signpost.signature.PlainTextMessageSigner;
import oauth.signpost.signature.SignatureBaseString;

final class Adapter {
    // The request of an application.
    private static final class Request implements HttpRequest {
        private final String method;
        private String url;
        private final Map<String, String> fields;
        private final byte[] body;

        Request(Loop.Asked asked) throws Loop.Unsupported {
            method = asked.text("method");
            url = asked.text("url");
            fields = asked.fields();
            body = asked.octets("body");
        }

        public String getMethod() {
            return method;
        }

        public String getRequestUrl() {
            return url;
        }

        public void setRequestUrl(String changed) {
            url = changed;
        }

        public void setHeader(String name, String value) {
            fields.put(name, value);
        }

        public String getHeader(String wanted) {
            return fields.entrySet().stream().filter(field -> field.getKey().equalsIgnoreCase(wanted)).map(Map.Entry::getValue)
                    .findFirst().orElse(null);
        }

        public Map<String, String> getAllHeaders() {
            return fields;
        }

        public InputStream getMessagePayload() {
            return body == null ? null : new ByteArrayInputStream(body);
        }

        public String getContentType() {
            return getHeader("Content-Type");
        }

        public Object unwrap() {
            return this;
        }
    }

    private static final class Consumer extends AbstractOAuthConsumer {
        private final String nonce;
        private final String timestamp;

        Consumer(Loop.Asked asked) throws Loop.Unsupported {
            super(asked.object("client").text("identifier"), asked.object("client").text("secret"));
            nonce = asked.text("nonce");
            timestamp = asked.text("timestamp");
        }

        @Override
        protected HttpRequest wrap(Object request) {
            return (HttpRequest) request;
        }

        @Override
        protected String generateNonce() {
            return nonce;
        }

        @Override
        protected String generateTimestamp() {
            return timestamp;
        }
    }

    private static String baseString;

    private static final class Noting extends HmacSha1MessageSigner {
        @Override
        public String sign(HttpRequest request, HttpParameters parameters) throws OAuthMessageSignerException {
            baseString = new SignatureBaseString(request, parameters).generate();
            return super.sign(request, parameters);
        }
    }

    private static Map<String, Object> sign(Loop.Asked asked) throws Exception {
        if (!asked.has("nonce") || !asked.has("timestamp")) throw new Loop.Unsupported("feature:no_nonce");
        baseString = null;
        Consumer consumer = new Consumer(asked);
        switch (asked.text("signature_method")) {
            case "HMAC-SHA1" -> consumer.setMessageSigner(new Noting());
            case "PLAINTEXT" -> consumer.setMessageSigner(new PlainTextMessageSigner());
            default -> throw new Loop.Refused("there is no signer for this signature method");
        }
        if (asked.has("token")) consumer.setTokenWithSecret(asked.object("token").text("identifier"), asked.object("token").text("secret"));
        HttpParameters additional = new HttpParameters();
        put(additional, OAuth.OAUTH_VERSION, asked.text("version"));
        put(additional, OAuth.OAUTH_CALLBACK, asked.text("callback"));
        put(additional, OAuth.OAUTH_VERIFIER, asked.text("verifier"));
        put(additional, "oauth_body_hash", asked.text("body_hash"));
        put(additional, "realm", asked.text("realm"));
        for (String[] pair : asked.pairs("extra")) {
            if (!pair[0].startsWith("oauth_")) throw new Loop.Unsupported("feature:extra_without_prefix");
            put(additional, pair[0], pair[1]);
        }
        consumer.setAdditionalParameters(additional);

        Request request = new Request(asked);
        consumer.sign((HttpRequest) request);
        String header = request.getHeader("Authorization");
        Map<String, Object> output = new LinkedHashMap<>();
        output.put("signature", OAuth.oauthHeaderToParamsMap(header).getFirst(OAuth.OAUTH_SIGNATURE, true));
        output.put("authorization", header);
        if (baseString != null) output.put("stages", Map.of("base_string", baseString));
        return output;
    }

    private static void put(HttpParameters parameters, String name, String value) {
        // It keeps its parameters encoded; the last argument has it do so.
        if (value != null) parameters.put(name, value, true);
    }

    private static List<List<String>> pairs(HttpParameters parameters) {
        List<List<String>> pairs = new ArrayList<>();
        parameters.forEach((name, values) -> values.forEach(value -> pairs.add(List.of(name, value == null ? "" : value))));
        return pairs;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, Loop.Operation> operations = new LinkedHashMap<>();
        operations.put("sign", Adapter::sign);
        operations.put("percent_encode", asked -> Map.of("encoded", OAuth.percentEncode(asked.text("text"))));
        operations.put("percent_decode", asked -> Map.of("decoded", OAuth.percentDecode(asked.text("text"))));
        operations.put("form_decode", asked -> Map.of("parameters", pairs(OAuth.decodeForm(asked.text("text")))));
        Loop.serve("signpost", arguments[0], "https://github.com/mttkay/signpost", operations, List.of("HMAC-SHA1", "PLAINTEXT"),
                List.of("stages", "form_body", "duplicates", "extra_parameters", "realm", "callback", "verifier", "fixed_nonce",
                        "body_hash"));
    }
}
