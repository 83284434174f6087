/* liboauth: oauth_split_url_parameters, oauth_add_param_to_array, then oauth_sign_array2_process; the first entry of the array is the
 * URL, the others are name=value, and oauth_serialize_url_sep writes the header from them. A nonce and further protocol parameters are
 * put into the array before, which is what the library documents for them. The base string is noted where the library computes the MAC
 * of it. Debian builds it without RSA. Strings end at NUL.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <jansson.h>
#include <oauth.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Lines are read and answered one after the other; the pipe holds those that wait. */
enum { MAX_IN_FLIGHT = 64 };

static char *base_string;

/* The library calls this one itself, and finds ours first. */
char *oauth_sign_hmac_sha1_raw(const char *text, const size_t text_length, const char *key, const size_t key_length)
{
    char *(*compute)(const char *, size_t, const char *, size_t) = dlsym(RTLD_NEXT, "oauth_sign_hmac_sha1_raw");
    free(base_string);
    base_string = strndup(text, text_length);
    return compute(text, text_length, key, key_length);
}

/* Why there is no answer: {"type": …, …}, or NULL for an answer. */
static json_t *unsupported(const char *what) { return json_pack("{s:s, s:s}", "type", "unsupported", "what", what); }
static json_t *refused(const char *why) { return json_pack("{s:s, s:s}", "type", "reject", "message", why); }

static const char *text(json_t *asked, const char *name) { return json_string_value(json_object_get(asked, name)); }

/* The value of the first header field of a name. */
static json_t *field(json_t *asked, const char *wanted)
{
    size_t index;
    json_t *pair;
    json_array_foreach(json_object_get(asked, "headers"), index, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0));
        if (name && strcasecmp(name, wanted) == 0) return json_array_get(pair, 1);
    }
    return NULL;
}

/* Whether the application would say that it sends a form. */
static int is_form(json_t *asked)
{
    static const char kind[] = "application/x-www-form-urlencoded";
    const char *said = json_string_value(field(asked, "content-type"));
    return said && strncasecmp(said, kind, sizeof kind - 1) == 0 && !json_is_null(json_object_get(asked, "body"));
}

/* Whether a text holds a NUL, or is no text: octets are an object. */
static int is_no_string(json_t *value)
{
    return json_is_object(value) || (json_is_string(value) && strlen(json_string_value(value)) < json_string_length(value));
}

/* Puts a protocol parameter into the array, as the array holds them: name=value, not encoded. */
static void add(int *count, char ***array, const char *name, const char *value)
{
    char *pair = NULL;
    if (value && asprintf(&pair, "%s=%s", name, value) >= 0) oauth_add_param_to_array(count, array, pair);
    free(pair);
}

/* The URL with the form behind its query: the library takes the parameters of both from there, and gives them back for the body. */
static char *with_form(const char *url, const char *form)
{
    char *both = NULL;
    if (asprintf(&both, "%s%s%s", url, !form || !*form ? "" : strchr(url, '?') ? "&" : "?", form ? form : "") < 0) return NULL;
    return both;
}

static json_t *sign(json_t *asked, json_t **output, json_t **stages)
{
    OAuthMethod method = OA_HMAC;
    if (strcmp(text(asked, "signature_method"), "PLAINTEXT") == 0) method = OA_PLAINTEXT;
    else if (strcmp(text(asked, "signature_method"), "HMAC-SHA1") != 0) return refused("there is no constant for this signature method");
    if (field(asked, "host")) return unsupported("feature:host_field");
    if (!text(asked, "nonce") || !text(asked, "timestamp")) return unsupported("feature:no_nonce");
    if (is_no_string(json_object_get(asked, "url")) || is_no_string(json_object_get(asked, "nonce"))) return unsupported("feature:nul");
    if (is_form(asked) && is_no_string(json_object_get(asked, "body"))) return unsupported("feature:octets");

    if (is_form(asked) && strchr(text(asked, "url"), '#')) return unsupported("feature:fragment_beside_form");

    char **array = NULL;
    char *url = with_form(text(asked, "url"), is_form(asked) ? text(asked, "body") : NULL);
    int count = oauth_split_url_parameters(url, &array);
    free(url);
    if (count == 0) return refused("the URL has no parts");
    add(&count, &array, "oauth_nonce", text(asked, "nonce"));
    add(&count, &array, "oauth_timestamp", text(asked, "timestamp"));
    add(&count, &array, "oauth_version", text(asked, "version"));
    add(&count, &array, "oauth_callback", text(asked, "callback"));
    add(&count, &array, "oauth_verifier", text(asked, "verifier"));
    add(&count, &array, "oauth_body_hash", text(asked, "body_hash"));
    size_t index;
    json_t *pair;
    json_array_foreach(json_object_get(asked, "extra"), index, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0));
        if (!name || strncmp(name, "oauth_", 6) != 0) {
            oauth_free_array(&count, &array);
            return unsupported("feature:extra_without_prefix");
        }
        add(&count, &array, json_string_value(json_array_get(pair, 0)), json_string_value(json_array_get(pair, 1)));
    }

    json_t *client = json_object_get(asked, "client"), *token = json_object_get(asked, "token");
    const char *secret = text(client, "secret"), *token_secret = text(token, "secret");
    free(base_string);
    base_string = NULL;
    oauth_sign_array2_process(&count, &array, NULL, method, text(asked, "method"), text(client, "identifier"), secret ? secret : "",
                              text(token, "identifier"), token_secret);

    const char *signature = NULL;
    for (int at = 1; at < count; at++)
        if (strncmp(array[at], "oauth_signature=", 16) == 0) signature = array[at] + 16;
    char *header = oauth_serialize_url_sep(count, 1, array, ", ", 6);
    char *authorization = NULL;
    if (asprintf(&authorization, "OAuth %s", header) < 0) authorization = NULL;
    *output = json_pack("{s:s?, s:s?}", "signature", signature, "authorization", authorization);
    if (base_string) *stages = json_pack("{s:s?}", "base_string", base_string);
    free(authorization);
    free(header);
    oauth_free_array(&count, &array);
    return *output ? NULL : json_pack("{s:s, s:s}", "type", "error", "message", "what was signed is not UTF-8");
}

static json_t *percent_encode(json_t *asked, json_t **output, json_t **stages)
{
    (void)stages;
    if (is_no_string(json_object_get(asked, "text"))) return unsupported("feature:octets");
    char *encoded = oauth_url_escape(text(asked, "text"));
    *output = json_pack("{s:s?}", "encoded", encoded);
    free(encoded);
    return NULL;
}

static void say(json_t *message)
{
    json_dumpf(message, stdout, JSON_COMPACT);
    putchar('\n');
    fflush(stdout);
    json_decref(message);
}

int main(void)
{
    say(json_pack("{s:s, s:i, s:{s:s, s:s, s:s, s:s}, s:[s,s], s:[s,s], s:[s,s,s,s,s,s,s,s], s:i}", "type", "hello", "protocol", 1,
                  "implementation", "name", "liboauth", "version", LIBOAUTH_VERSION, "language", "C", "homepage",
                  "https://liboauth.sourceforge.io/", "operations", "sign", "percent_encode", "signature_methods", "HMAC-SHA1", "PLAINTEXT",
                  "features", "stages", "form_body", "duplicates", "extra_parameters", "callback", "verifier", "fixed_nonce", "body_hash",
                  "max_in_flight", MAX_IN_FLIGHT));
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0)
    {
        json_t *message = json_loads(line, JSON_ALLOW_NUL, NULL);
        const char *type = message ? text(message, "type") : NULL;
        if (!type || strcmp(type, "bye") == 0) break;
        if (strcmp(type, "run") == 0)
        {
            json_t *output = NULL, *stages = NULL, *asked = json_object_get(message, "input");
            json_t *(*operation)(json_t *, json_t **, json_t **) = strcmp(text(message, "operation"), "sign") == 0 ? sign : percent_encode;
            json_t *answer = operation(asked, &output, &stages);
            if (!answer)
            {
                answer = json_pack("{s:s, s:o}", "type", "result", "output", output);
                if (stages) json_object_set_new(answer, "stages", stages);
            }
            json_object_set(answer, "id", json_object_get(message, "id"));
            say(answer);
        }
        json_decref(message);
    }
    free(line);
    free(base_string);
    return 0;
}
