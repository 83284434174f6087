/* Puts an OAuth 1.0a library behind the adapter protocol of countersign, version 1. It needs C99 and nothing else.
 *
 * Build: cc adapter.c -o adapter
 * Test:  countersign test --adapter ./adapter
 *
 * Delivered, it signs with PLAINTEXT only and passes: replace what stands under YOUR LIBRARY. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text: octets with a NUL behind them, which is not counted; NULL for null and for what is missing. It lives until the question is
 * answered. */
struct text {
    char *octets;
    size_t length;
};

/* Values of JSON are pointers to where they stand in the line; NULL is none. */
static const char *member(const char *object, const char *name);
static int is_text(const char *value, const char *wanted);
static int is_null(const char *value);
static int read_text(const char *value, struct text *text);
static void *keep(size_t size);

/* Each question gets one of these. */
static void result(const char *id, const char *name, struct text value);
static void reject(const char *id, const char *code, const char *message);
static void unsupported(const char *id, const char *kind, const char *name);
static void error(const char *id, const char *message);

#define STRING_OF(x) #x
#define STRING(x) STRING_OF(x)

/* ---- YOUR LIBRARY ------------------------------------------------------------------------------------------------ */

static const char HELLO[] =
    "{\"type\":\"hello\",\"protocol\":1,"
    /* Who is tested: this stands in every report. */
    "\"implementation\":{\"name\":\"my-library\",\"version\":\"0.0.0\",\"language\":\"C\","
    "\"language_version\":\"" STRING(__STDC_VERSION__) "\"},"
    /* Add what the library has, and answer it in answer(): base_string, verify, percent_decode, parse_authorization, ... */
    "\"operations\":[\"sign\",\"percent_encode\"],"
    /* Add what the library signs with: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512. */
    "\"signature_methods\":[\"PLAINTEXT\"],"
    /* Add what sign() hands on: form_body, duplicates, extra_parameters, realm, callback, verifier, transmission, body_hash, codes. */
    "\"features\":[\"fixed_nonce\",\"no_version\"],"
    /* How many questions may wait in the pipe; they are answered in their order. */
    "\"max_in_flight\":64}";

/* Section 3.6: the library's own function, if it has one. */
static struct text percent_encode(struct text text)
{
    static const char unreserved[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    struct text encoded = {keep(3 * text.length + 1), 0};
    for (size_t at = 0; at < text.length; at++) {
        unsigned char octet = (unsigned char)text.octets[at];
        if (octet != 0 && strchr(unreserved, octet))
            encoded.octets[encoded.length++] = (char)octet;
        else
            encoded.length += (size_t)sprintf(encoded.octets + encoded.length, "%%%02X", octet);
    }
    return encoded;
}

/* Call the library here with method, url, headers, body, client, token, nonce, timestamp, ... of the request. */
static void sign(const char *id, const char *request)
{
    const char *method = member(request, "signature_method"), *version = member(request, "version");
    struct text client, token, signature;
    if (!is_text(method, "PLAINTEXT")) {
        /* Leave this out when the library is called: it has to refuse names that it does not know. */
        unsupported(id, "signature_method:", method);
        return;
    }
    if (!is_null(version) && !is_text(version, "1.0")) {
        /* Do this wherever the library refuses; the codes stand in countersign's vectors/README.md, NULL will do. */
        reject(id, "version_rejected", "oauth_version is not 1.0");
        return;
    }
    if (!read_text(member(member(request, "client"), "secret"), &client) ||
        !read_text(member(member(request, "token"), "secret"), &token)) {
        error(id, "a secret is no text");
        return;
    }
    /* RFC 5849 section 3.4.4. */
    client = percent_encode(client);
    token = percent_encode(token);
    signature.octets = keep(client.length + token.length + 2);
    signature.length = client.length + 1 + token.length;
    memcpy(signature.octets, client.octets, client.length);
    signature.octets[client.length] = '&';
    memcpy(signature.octets + client.length + 1, token.octets, token.length);
    result(id, "signature", signature);
}

/* Add a branch for each operation that is offered. */
static void answer(const char *id, const char *operation, const char *input)
{
    struct text text;
    if (is_text(operation, "sign"))
        sign(id, input);
    else if (!is_text(operation, "percent_encode"))
        unsupported(id, "operation:", operation);
    else if (is_null(member(input, "text")) || !read_text(member(input, "text"), &text))
        error(id, "there is no text");
    else
        result(id, "encoded", percent_encode(text));
}

/* ---- The protocol: nothing to change from here on ---------------------------------------------------------------- */

enum { LINE_LIMIT = 4 * 1024 * 1024, DEPTH_LIMIT = 64 };

/* Memory that is freed when the question is answered. */
static struct kept {
    struct kept *next;
} *all_kept;

static void *keep(size_t size)
{
    struct kept *kept = malloc(sizeof *kept + size);
    if (!kept) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
    kept->next = all_kept;
    all_kept = kept;
    return memset(kept + 1, 0, size);
}

static void free_kept(void)
{
    while (all_kept) {
        struct kept *next = all_kept->next;
        free(all_kept);
        all_kept = next;
    }
}

static const char *skip_space(const char *at)
{
    return at + strspn(at, " \t\r\n");
}

/* What follows a string, NULL if it is none. */
static const char *skip_string(const char *at)
{
    if (*at++ != '"')
        return NULL;
    while (*at != '"') {
        if ((unsigned char)*at < ' ')
            return NULL;
        if (*at++ == '\\') {
            if (*at == 'u' && strspn(at + 1, "0123456789abcdefABCDEF") >= 4)
                at += 5;
            else if (*at != 0 && strchr("\"\\/bfnrt", *at))
                at++;
            else
                return NULL;
        }
    }
    return at + 1;
}

static const char *skip_digits(const char *at)
{
    size_t digits = strspn(at, "0123456789");
    return digits ? at + digits : NULL;
}

static const char *skip_number(const char *at)
{
    if (*at == '-')
        at++;
    at = *at == '0' ? at + 1 : skip_digits(at);
    if (at && *at == '.')
        at = skip_digits(at + 1);
    if (at && (*at == 'e' || *at == 'E')) {
        at += strspn(at + 1, "+-") <= 1 ? 1 + strspn(at + 1, "+-") : 1;
        at = skip_digits(at);
    }
    return at;
}

/* What follows a value, NULL if it is none or nested too deep. */
static const char *skip_value(const char *at, int depth)
{
    static const char *const words[] = {"true", "false", "null"};
    char open = *at, close = open == '{' ? '}' : ']';
    if (open == '"')
        return skip_string(at);
    for (size_t word = 0; word < sizeof words / sizeof *words; word++)
        if (strncmp(at, words[word], strlen(words[word])) == 0)
            return at + strlen(words[word]);
    if (open != '{' && open != '[')
        return skip_number(at);
    if (depth == DEPTH_LIMIT)
        return NULL;
    at = skip_space(at + 1);
    if (*at == close)
        return at + 1;
    for (;; at = skip_space(at + 1)) {
        if (open == '{') {
            at = skip_string(at);
            if (!at || *(at = skip_space(at)) != ':')
                return NULL;
            at = skip_space(at + 1);
        }
        at = skip_value(at, depth + 1);
        if (!at)
            return NULL;
        at = skip_space(at);
        if (*at == close)
            return at + 1;
        if (*at != ',')
            return NULL;
    }
}

/* The value of an object's member. The line was checked before, so skipping does not fail. */
static const char *member(const char *object, const char *name)
{
    if (!object || *object != '{')
        return NULL;
    for (const char *at = skip_space(object + 1); *at == '"'; at = skip_space(at + 1)) {
        const char *found = at;
        at = skip_space(skip_space(skip_string(at)) + 1);
        if (is_text(found, name))
            return at;
        at = skip_space(skip_value(at, 0));
        if (*at != ',')
            break;
    }
    return NULL;
}

static int is_null(const char *value)
{
    return !value || *value == 'n';
}

static int is_text(const char *value, const char *wanted)
{
    struct text text;
    size_t length = strlen(wanted);
    /* Escapes are longer than what they mean: most names need not be read. */
    if (!value || *value != '"' || (size_t)(skip_string(value) - value) < length + 2)
        return 0;
    return read_text(value, &text) && text.length == length && memcmp(text.octets, wanted, length) == 0;
}

static unsigned read_hex(const char *digits)
{
    char copy[5] = {digits[0], digits[1], digits[2], digits[3], 0};
    return (unsigned)strtoul(copy, NULL, 16);
}

/* Reads the escape behind a backslash and appends it in UTF-8; what follows it, NULL for half of a surrogate pair. */
static const char *read_escape(const char *at, struct text *text)
{
    static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    unsigned code;
    int following;
    if (*at != 'u') {
        text->octets[text->length++] = meant[strchr(escapes, *at) - escapes];
        return at + 1;
    }
    code = read_hex(at + 1);
    at += 5;
    if (code >= 0xD800 && code <= 0xDFFF) {
        unsigned low = code < 0xDC00 && at[0] == '\\' && at[1] == 'u' ? read_hex(at + 2) : 0;
        if (low < 0xDC00 || low > 0xDFFF)
            return NULL;
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        at += 6;
    }
    following = code < 0x80 ? 0 : code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    text->octets[text->length++] = (char)(following == 0 ? code : (0xF00u >> (following + 1) & 0xFF) | code >> 6 * following);
    while (following-- > 0)
        text->octets[text->length++] = (char)(0x80 | (code >> 6 * following & 0x3F));
    return at;
}

static int read_base64(const char *value, struct text *text)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    struct text encoded;
    unsigned bits = 0, length = 0;
    if (!value || *value != '"' || !read_text(value, &encoded))
        return 0;
    *text = (struct text){keep(encoded.length + 1), 0};
    for (size_t at = 0; at < encoded.length && encoded.octets[at] != '='; at++) {
        const char *digit = strchr(alphabet, encoded.octets[at]);
        if (!digit || !*digit)
            return 0;
        bits = (bits << 6 | (unsigned)(digit - alphabet)) & 0xFFF;
        length += 6;
        if (length >= 8) {
            length -= 8;
            text->octets[text->length++] = (char)(bits >> length & 0xFF);
        }
    }
    return 1;
}

/* Reads a string, {"base64": "..."} where the octets are not UTF-8, or null; 0 if it is something else. */
static int read_text(const char *value, struct text *text)
{
    *text = (struct text){NULL, 0};
    if (is_null(value))
        return 1;
    if (*value == '{')
        return read_base64(member(value, "base64"), text);
    if (*value != '"')
        return 0;
    text->octets = keep((size_t)(skip_string(value) - value));
    for (const char *at = value + 1; *at != '"';) {
        if (*at != '\\')
            text->octets[text->length++] = *at++;
        else if (!(at = read_escape(at + 1, text)))
            return 0;
    }
    return 1;
}

static void write_octets(const char *octets, size_t length)
{
    for (size_t at = 0; at < length; at++) {
        unsigned char octet = (unsigned char)octets[at];
        if (octet < ' ')
            printf("\\u%04x", octet);
        else if (octet == '"' || octet == '\\')
            printf("\\%c", octet);
        else
            putchar(octet);
    }
}

/* The beginning of a response. The id stands as it came. */
static void begin(const char *type, const char *id)
{
    printf("{\"type\":\"%s\"", type);
    if (id)
        printf(",\"id\":%.*s", (int)(skip_string(id) - id), id);
}

static void write_member(const char *name, const char *value)
{
    printf(",\"%s\":\"", name);
    write_octets(value, strlen(value));
    putchar('"');
}

static void result(const char *id, const char *name, struct text value)
{
    begin("result", id);
    printf(",\"output\":{\"%s\":\"", name);
    write_octets(value.octets, value.length);
    puts("\"}}");
}

static void reject(const char *id, const char *code, const char *message)
{
    begin("reject", id);
    if (code)
        write_member("code", code);
    write_member("message", message);
    puts("}");
}

static void unsupported(const char *id, const char *kind, const char *name)
{
    struct text text;
    if (is_null(name) || *name != '"' || !read_text(name, &text)) {
        error(id, "a name is no text");
        return;
    }
    begin("unsupported", id);
    printf(",\"what\":\"%s", kind);
    write_octets(text.octets, text.length);
    puts("\"}");
}

static void error(const char *id, const char *message)
{
    begin("error", id);
    write_member("message", message);
    puts("}");
}

/* Answers a line; 0 after bye. */
static int respond(const char *line)
{
    const char *message = skip_space(line), *end, *type, *id;
    if (*message == 0)
        return 1;
    end = skip_value(message, 0);
    type = end && *skip_space(end) == 0 ? member(message, "type") : NULL;
    if (!type || *type != '"') {
        error(NULL, "the line is no message");
    } else if (is_text(type, "bye")) {
        return 0;
    } else if (is_text(type, "hello")) {
        puts(HELLO);
    } else if (is_text(type, "run")) {
        id = member(message, "id");
        if (!id || *id != '"')
            error(NULL, "a run message without id");
        else
            answer(id, member(message, "operation"), member(message, "input"));
    }
    return 1;
}

int main(void)
{
    static char line[LINE_LIMIT + 1];
    int more = 1;
    while (more) {
        size_t length = 0, read = 0;
        int octet;
        while ((octet = getchar()) != EOF && octet != '\n') {
            read++;
            /* NUL would end the line too early; a control character is refused as it has to be. */
            if (length < LINE_LIMIT)
                line[length++] = (char)(octet ? octet : 1);
        }
        line[length] = 0;
        if (read > LINE_LIMIT)
            error(NULL, "the line is too long");
        else
            more = respond(line);
        free_kept();
        if (fflush(stdout) != 0)
            return 1;
        if (octet == EOF)
            break;
    }
    return 0;
}
