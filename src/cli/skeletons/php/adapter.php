<?php

// Puts an OAuth 1.0a library behind the adapter protocol of countersign, version 1.
//
// Run:   php adapter.php
// Test:  countersign test --adapter 'php adapter.php'
//
// Delivered, it signs with PLAINTEXT only and passes: replace what stands under YOUR LIBRARY.

declare(strict_types=1);

// The library refuses the input: a code of the protocol, or null, and a message.
final class Reject extends Exception
{
    public function __construct(public readonly ?string $reason, string $message)
    {
        parent::__construct($message);
    }
}

// The library does not offer this, such as "feature:realm".
final class Unsupported extends Exception
{
}

// ---- YOUR LIBRARY ---------------------------------------------------------------------------------------------------

const OFFER = [
    // Who is tested: this stands in every report.
    'implementation' => ['name' => 'my-library', 'version' => '0.0.0', 'language' => 'PHP', 'language_version' => PHP_VERSION],
    // Add what the library has, and answer it in `answer`: base_string, verify, percent_decode, parse_authorization, ...
    'operations' => ['sign', 'percent_encode'],
    // Add what the library signs with: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512.
    'signature_methods' => ['PLAINTEXT'],
    // Add what `sign` hands on: form_body, duplicates, extra_parameters, realm, callback, verifier, transmission, body_hash, codes.
    'features' => ['fixed_nonce', 'no_version'],
    // How many questions may wait in the pipe; they are answered in their order.
    'max_in_flight' => 64,
];

// Call the library here with method, url, headers, body, client, token, nonce, timestamp, ... of the request.
function sign(array $request): array
{
    $method = $request['signature_method'];
    if (!in_array($method, OFFER['signature_methods'], true)) {
        // Leave this out when the library is called: it has to refuse names that it does not know.
        throw new Unsupported("signature_method:$method");
    }
    if (!in_array($request['version'] ?? null, [null, '1.0'], true)) {
        // Throw this wherever the library refuses; the codes stand in countersign's vectors/README.md, null will do.
        throw new Reject('version_rejected', 'oauth_version is not 1.0');
    }
    $secrets = [$request['client']['secret'] ?? null, $request['token']['secret'] ?? null];
    // RFC 5849 section 3.4.4; give 'authorization' beside the signature if the library makes the header.
    return ['signature' => implode('&', array_map(fn ($secret) => percent_encode(octets($secret)), $secrets))];
}

// Section 3.6: the library's own function, if it has one.
function percent_encode(string $text): string
{
    return rawurlencode($text);
}

// Add a line for each operation that is offered.
function answer(string $operation, array $asked): array
{
    return match ($operation) {
        'sign' => sign($asked),
        'percent_encode' => ['encoded' => percent_encode(octets($asked['text']))],
        default => throw new Unsupported("operation:$operation"),
    };
}

// ---- The protocol: nothing to change from here on -------------------------------------------------------------------

// The octets of a text: a string, {"base64": "..."} where they are not UTF-8, or null.
function octets(string|array|null $text): string
{
    if (!is_array($text)) {
        return $text ?? '';
    }
    $octets = base64_decode($text['base64'], true);
    return $octets === false ? throw new ValueError('this is not base64') : $octets;
}

function line(array $message): string
{
    return json_encode($message, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE) . "\n";
}

ini_set('display_errors', 'stderr');
// A warning in a case is an error of that case, such as a member that is missing.
set_error_handler(function (int $level, string $message, string $file, int $at): bool {
    return error_reporting() & $level ? throw new ErrorException($message, 0, $level, $file, $at) : false;
}, E_ALL & ~E_DEPRECATED & ~E_USER_DEPRECATED);
// What the library prints must not get between the answers.
ob_start(function (string $text): string {
    fwrite(STDERR, $text);
    return '';
}, 1);
while (($read = fgets(STDIN)) !== false) {
    if (trim($read) === '') {
        continue;
    }
    $about = [];
    try {
        $message = json_decode($read, true, 64, JSON_THROW_ON_ERROR);
        switch ($message['type']) {
            case 'bye':
                break 2;
            case 'hello':
                $response = line(['type' => 'hello', 'protocol' => 1] + OFFER);
                break;
            case 'run':
                $about = ['id' => $message['id']];
                $response = line(['type' => 'result'] + $about + ['output' => answer($message['operation'], $message['input'])]);
                break;
            default:
                continue 2;
        }
    } catch (Reject $refusal) {
        $response = line(['type' => 'reject'] + $about + ['code' => $refusal->reason, 'message' => $refusal->getMessage()]);
    } catch (Unsupported $missing) {
        $response = line(['type' => 'unsupported'] + $about + ['what' => $missing->getMessage()]);
    } catch (Throwable $failure) {
        $response = line(['type' => 'error'] + $about + ['message' => $failure->getMessage(), 'traceback' => (string) $failure]);
    }
    fwrite(STDOUT, $response);
    fflush(STDOUT);
}
