<?php
// The PECL extension's OAuthProvider, under `php -S`: https://www.php.net/manual/en/class.oauthprovider.php
//
// `checkOAuthRequest` reads the request and checks the signature; it asks three functions of the application for timestamp and nonce, for
// the client and for the token. Left to the application, and here as in the extension's own examples (examples/provider): only the
// timestamp 0 and the nonce "bad" are refused, and nothing is remembered; nobody looks at the verifier, nor at the HTTP method; no
// parameter is required that the library does not require. Here because no provider goes without: a token is of its kind, and is exchanged
// once. The owner of a resource is one and always says yes. TLS is not asked for.

const REQUEST = 0;
const ACCESS = 1;

// All tokens, in a file: a script lives for one request.
function tokens(?array $changed = null): array
{
    $file = getenv('STORE') . '/tokens.json';
    if ($changed !== null) file_put_contents($file, json_encode($changed));
    return is_file($file) ? json_decode(file_get_contents($file), true) : [];
}

function issue(int $type, array $more): array
{
    $token = ['token' => bin2hex(OAuthProvider::generateToken(10)), 'secret' => bin2hex(OAuthProvider::generateToken(20)), 'type' => $type];
    tokens([$token['token'] => $token + $more] + tokens());
    return $token;
}

function lookup_consumer($provider): int
{
    if ($provider->consumer_key !== getenv('CLIENT_IDENTIFIER')) return OAUTH_CONSUMER_KEY_UNKNOWN;
    $provider->consumer_secret = getenv('CLIENT_SECRET');
    return OAUTH_OK;
}

function check_timestamp_and_nonce($provider): int
{
    if ($provider->nonce === 'bad') return OAUTH_BAD_NONCE;
    if ($provider->timestamp == '0') return OAUTH_BAD_TIMESTAMP;
    return OAUTH_OK;
}

function check_token(int $type): callable
{
    return function ($provider) use ($type): int {
        $token = tokens()[$provider->token] ?? null;
        if ($token === null || $token['type'] !== $type) return OAUTH_TOKEN_REJECTED;
        $provider->token_secret = $token['secret'];
        return OAUTH_OK;
    };
}

function checked(?int $type): OAuthProvider
{
    $provider = new OAuthProvider();
    $provider->consumerHandler('lookup_consumer');
    $provider->timestampNonceHandler('check_timestamp_and_nonce');
    if ($type === null) {
        $provider->isRequestTokenEndpoint(true);
    } else {
        $provider->tokenHandler(check_token($type));
    }
    $provider->checkOAuthRequest();
    return $provider;
}

function request_token(): void
{
    $provider = checked(null);
    $token = issue(REQUEST, ['callback' => $provider->callback]);
    form(['oauth_token' => $token['token'], 'oauth_token_secret' => $token['secret'], 'oauth_callback_confirmed' => 'true']);
}

// A page would come first; here the owner has agreed before it could be seen.
function authorize(): void
{
    $all = tokens();
    $token = $all[$_GET['oauth_token'] ?? ''] ?? null;
    if ($token === null || $token['type'] !== REQUEST) {
        http_response_code(400);
        echo 'there is no such token';
        return;
    }
    $token['verifier'] = bin2hex(OAuthProvider::generateToken(8));
    tokens([$token['token'] => $token] + $all);
    $query = http_build_query(['oauth_token' => $token['token'], 'oauth_verifier' => $token['verifier']]);
    if (preg_match('#\Ahttps?://#', $token['callback'] ?? '')) {
        header('Location: ' . $token['callback'] . (str_contains($token['callback'], '?') ? '&' : '?') . $query, true, 302);
    } else {
        echo '<p>Your verifier is: <code id="verifier">', $token['verifier'], '</code></p>';
    }
}

function access_token(): void
{
    $provider = checked(REQUEST);
    $token = issue(ACCESS, []);
    $all = tokens();
    unset($all[$provider->token]);
    tokens($all);
    form(['oauth_token' => $token['token'], 'oauth_token_secret' => $token['secret']]);
}

function resource(): void
{
    $provider = checked(ACCESS);
    header('Content-Type: application/json');
    $seen = ['client' => $provider->consumer_key, 'token' => $provider->token];
    echo json_encode($seen + ['method' => $_SERVER['REQUEST_METHOD'], 'url' => $_SERVER['REQUEST_URI']]);
}

function form(array $pairs): void
{
    header('Content-Type: application/x-www-form-urlencoded');
    echo http_build_query($pairs);
}

$views = [
    '/oauth/request_token' => 'request_token', '/oauth/authorize' => 'authorize',
    '/oauth/access_token' => 'access_token', '/resource' => 'resource',
];
$view = $views[parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)] ?? null;
if ($view === null) {
    http_response_code(404);
    echo 'not found';
    return;
}
try {
    $view();
} catch (OAuthException $problem) {
    echo OAuthProvider::reportProblem($problem);
}
