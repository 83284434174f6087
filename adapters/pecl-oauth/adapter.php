<?php
// The PECL extension oauth: `new OAuth(key, secret, method)`, `setToken`, `setNonce`, `setTimestamp`, `setVersion`, and then
// `getRequestHeader(method, url, parameters)`, which returns what `fetch` would send. A form is an array, so that no name can be repeated
// in it; callback and verifier belong to calls that open a connection at once.
require __DIR__ . '/../shared/loop.php';

// `parse_str` reads a form into PHP's own variables and changes names; an application hands over the names that it means.
function pairs(string $form): array
{
    $parameters = [];
    foreach (explode('&', $form) as $piece) {
        if ($piece === '') continue;
        [$name, $value] = array_map('urldecode', explode('=', $piece, 2) + [1 => '']);
        if (array_key_exists($name, $parameters)) throw new Unsupported('feature:form_duplicates');
        $parameters[$name] = $value;
    }
    return $parameters;
}

function sign(array $asked): array
{
    if (!isset($asked['nonce'], $asked['timestamp'])) throw new Unsupported('feature:no_nonce');
    if (field($asked, 'host') !== null) throw new Unsupported('feature:host_field');
    $oauth = new OAuth($asked['client']['identifier'], $asked['client']['secret'] ?? '', $asked['signature_method']);
    $oauth->setNonce($asked['nonce']);
    $oauth->setTimestamp($asked['timestamp']);
    $oauth->setVersion($asked['version']);
    if (isset($asked['token'])) $oauth->setToken($asked['token']['identifier'], $asked['token']['secret'] ?? '');
    if ($asked['signature_method'] === OAUTH_SIG_METHOD_RSASHA1 && !$oauth->setRSACertificate($asked['private_key'] ?? '')) {
        throw new Refused('the key was not accepted');
    }
    $form = form($asked);
    $header = $oauth->getRequestHeader($asked['method'], text($asked['url']), $form === null ? [] : pairs($form));
    if (!is_string($header)) throw new Refused('no header was made');
    preg_match('/oauth_signature="([^"]*)"/', $header, $found);
    return ['signature' => rawurldecode($found[1]), 'authorization' => $header];
}

serve(
    'pecl-oauth', phpversion('oauth'), 'https://pecl.php.net/package/oauth',
    ['sign' => 'sign', 'percent_encode' => fn ($asked) => ['encoded' => oauth_urlencode($asked['text'])]],
    ['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1', 'PLAINTEXT'],
    ['form_body', 'duplicates', 'fixed_nonce']
);
