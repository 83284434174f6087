// POCO: OAuth10Credentials.authenticate(request, uri, form, method), where the form is HTMLForm(request, body), which reads query and
// body, or, where there is no form, HTMLForm.read(query); nonceAndTimestampForTesting sets the two. A server makes the credentials from
// the request, sets the secrets and calls verify(request, uri, form), which compares the signature and leaves timestamps and nonces to
// the application.

#include <Poco/Exception.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <Poco/Net/HTMLForm.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/OAuth10Credentials.h>
#include <Poco/String.h>
#include <Poco/URI.h>
#include <iostream>
#include <memory>
#include <sstream>

using Poco::JSON::Array;
using Poco::JSON::Object;
using Poco::Net::HTMLForm;
using Poco::Net::HTTPRequest;
using Poco::Net::OAuth10Credentials;

// Lines are read and answered one after the other; the pipe holds those that wait.
static const int MAX_IN_FLIGHT = 64;

// The library's interface has no words for this question: feature:…, signature_method:….
struct Unsupported {
    std::string what;
};

static Object::Ptr object() { return new Object(Poco::JSON_PRESERVE_KEY_ORDER); }

static bool absent(const Object::Ptr& asked, const std::string& name) { return !asked->has(name) || asked->isNull(name); }

static std::string text(const Object::Ptr& asked, const std::string& name)
{
    if (absent(asked, name)) return "";
    if (asked->isObject(name)) throw Unsupported{"feature:octets"};
    return asked->getValue<std::string>(name);
}

// The request as an application or a server has it.
struct Request {
    Poco::URI uri;
    HTTPRequest http;
    std::unique_ptr<HTMLForm> form;

    explicit Request(const Object::Ptr& asked) : uri(text(asked, "url")), http(text(asked, "method"), uri.getPathEtc(), HTTPRequest::HTTP_1_1)
    {
        bool isForm = false;
        if (!absent(asked, "headers")) {
            Array::Ptr fields = asked->getArray("headers");
            for (std::size_t at = 0; at < fields->size(); at++) {
                Array::Ptr field = fields->getArray(at);
                std::string name = field->getElement<std::string>(0);
                if (http.has(name)) throw Unsupported{"feature:repeated_fields"};
                http.set(name, field->getElement<std::string>(1));
            }
            isForm = Poco::icompare(http.get("Content-Type", ""), 0, 33, "application/x-www-form-urlencoded") == 0;
        }
        // It takes the body of any POST or PUT for a form; where there is none, an application has it read the query.
        std::istringstream body(isForm ? text(asked, "body") : uri.getRawQuery());
        if (isForm) {
            form = std::make_unique<HTMLForm>(http, body);
        } else {
            form = std::make_unique<HTMLForm>();
            form->read(body);
        }
    }
};

static Object::Ptr sign(const Object::Ptr& asked)
{
    if (text(asked, "version") != "1.0") throw Unsupported{"version:" + text(asked, "version")};
    std::string method = text(asked, "signature_method");
    if (method != "HMAC-SHA1" && method != "PLAINTEXT") throw Poco::NotImplementedException("there is no constant for this signature method");

    // It sends both, but with PLAINTEXT neither.
    bool plaintext = method == "PLAINTEXT";
    bool complete = !absent(asked, "nonce") && !absent(asked, "timestamp");
    if (!plaintext && !complete) throw Unsupported{"feature:no_nonce"};
    if (plaintext && !(absent(asked, "nonce") && absent(asked, "timestamp"))) throw Unsupported{"feature:nonce_with_plaintext"};

    Object::Ptr client = asked->getObject("client");
    OAuth10Credentials credentials(text(client, "identifier"), text(client, "secret"));
    if (!absent(asked, "token")) {
        credentials.setToken(text(asked->getObject("token"), "identifier"));
        credentials.setTokenSecret(text(asked->getObject("token"), "secret"));
    }
    credentials.setCallback(text(asked, "callback"));
    credentials.setRealm(text(asked, "realm"));
    credentials.nonceAndTimestampForTesting(text(asked, "nonce"), text(asked, "timestamp"));

    Request request(asked);
    credentials.authenticate(request.http, request.uri, *request.form,
                             plaintext ? OAuth10Credentials::SIGN_PLAINTEXT : OAuth10Credentials::SIGN_HMAC_SHA1);
    std::string header = request.http.get("Authorization");
    std::size_t from = header.find("oauth_signature=\"") + 17;
    std::string signature;
    Poco::URI::decode(header.substr(from, header.find('"', from) - from), signature);
    Object::Ptr output = object();
    output->set("signature", signature);
    output->set("authorization", header);
    return output;
}

static Object::Ptr verify(const Object::Ptr& asked)
{
    if (!absent(asked, "seen") && asked->getArray("seen")->size() > 0) throw Unsupported{"feature:nonces"};
    if (!absent(asked, "allowed_methods")) throw Unsupported{"feature:allowed_methods"};
    Request request(asked);
    if (!request.http.has("Authorization")) throw Unsupported{"feature:other_transmissions"};
    OAuth10Credentials credentials(request.http);
    // An application looks up the secrets for the identifiers that the library has read.
    Object::Ptr client = absent(asked, "client") ? object() : asked->getObject("client");
    Object::Ptr token = absent(asked, "token") ? object() : asked->getObject("token");
    if (absent(client, "identifier") || credentials.getConsumerKey() != text(client, "identifier"))
        throw Poco::NotFoundException("no such client");
    if (credentials.getToken() != text(token, "identifier")) throw Poco::NotFoundException("no such token");
    credentials.setConsumerSecret(text(client, "secret"));
    credentials.setTokenSecret(text(token, "secret"));
    Object::Ptr output = object();
    output->set("valid", credentials.verify(request.http, request.uri, *request.form));
    return output;
}

static Object::Ptr said(const std::string& type, const std::string& name, const std::string& words)
{
    Object::Ptr answer = object();
    answer->set("type", type);
    answer->set(name, words);
    return answer;
}

static Object::Ptr answer(const std::string& operation, const Object::Ptr& asked)
{
    try {
        Object::Ptr answer = object();
        answer->set("type", "result");
        answer->set("output", operation == "sign" ? sign(asked) : verify(asked));
        return answer;
    } catch (const Unsupported& missing) {
        return said("unsupported", "what", missing.what);
    } catch (const Poco::Exception& refusal) {
        return said("reject", "message", refusal.displayText());
    } catch (const std::exception& failure) {
        return said("error", "message", failure.what());
    }
}

static Array list(std::initializer_list<const char*> words)
{
    Array list;
    for (const char* word : words) list.add(std::string(word));
    return list;
}

static void say(const Object::Ptr& message)
{
    message->stringify(std::cout);
    std::cout << std::endl;
}

int main(int, char** arguments)
{
    Object::Ptr hello = said("hello", "", "");
    hello->remove("");
    hello->set("protocol", 1);
    Object::Ptr implementation = object();
    implementation->set("name", "poco");
    implementation->set("version", std::string(arguments[1]));
    implementation->set("language", "C++");
    implementation->set("homepage", "https://pocoproject.org/");
    hello->set("implementation", implementation);
    hello->set("operations", list({"sign", "verify"}));
    hello->set("signature_methods", list({"HMAC-SHA1", "PLAINTEXT"}));
    hello->set("features", list({"form_body", "duplicates", "realm", "callback", "fixed_nonce"}));
    hello->set("max_in_flight", MAX_IN_FLIGHT);
    say(hello);
    for (std::string line; std::getline(std::cin, line);) {
        Object::Ptr message = Poco::JSON::Parser().parse(line).extract<Object::Ptr>();
        std::string type = text(message, "type");
        if (type == "bye") break;
        if (type != "run") continue;
        Object::Ptr reply = answer(text(message, "operation"), message->getObject("input"));
        reply->set("id", text(message, "id"));
        say(reply);
    }
}
