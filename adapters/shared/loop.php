<?php
// The loop of the adapter protocol for libraries in PHP: questions on stdin, answers on stdout, one JSON object a line.
// What a library is asked and how stands in the library's own adapter; this file knows no library.

// Lines are read and answered one after the other; the pipe holds those that wait.
const MAX_IN_FLIGHT = 64;

// The library's interface has no words for this question: `feature:…`, `signature_method:…`.
class Unsupported extends Exception {}

// The library has refused by its return value and not with an exception.
class Refused extends Exception {}

// For an interface that takes text only.
function text($value)
{
    if (is_string($value) && preg_match('//u', $value) !== 1) throw new Unsupported('feature:octets');
    return $value;
}

function field(array $asked, string $wanted): ?string
{
    foreach ($asked['headers'] ?? [] as [$name, $value]) if (strtolower($name) === $wanted) return $value;
    return null;
}

// The body, if the application would say that it sends a form.
function form(array $asked): ?string
{
    $is_form = isset($asked['body']) && preg_match('{^application/x-www-form-urlencoded}i', field($asked, 'content-type') ?? '') === 1;
    return $is_form ? text($asked['body']) : null;
}

// Octets that are not UTF-8 are written {"base64": "…"}.
function read($value)
{
    if (!is_array($value)) return $value;
    if (array_keys($value) === ['base64']) return base64_decode($value['base64']);
    return array_map('read', $value);
}

function write($value)
{
    if (is_array($value)) return array_map('write', $value);
    return is_string($value) && preg_match('//u', $value) !== 1 ? ['base64' => base64_encode($value)] : $value;
}

function say(array $message): void
{
    fwrite(STDOUT, json_encode(write($message), JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE) . "\n");
    fflush(STDOUT);
}

function answer(array $operations, array $message): array
{
    try {
        $output = $operations[$message['operation']](read($message['input']));
        $stages = $output['stages'] ?? null;
        unset($output['stages']);
        return ['type' => 'result', 'output' => $output] + ($stages ? ['stages' => $stages] : []);
    } catch (Unsupported $missing) {
        return ['type' => 'unsupported', 'what' => $missing->getMessage()];
    } catch (Exception $refusal) {
        return ['type' => 'reject', 'message' => get_class($refusal) . ': ' . substr($refusal->getMessage(), 0, 500)];
    } catch (Error $failure) {
        return ['type' => 'error', 'message' => get_class($failure) . ': ' . substr($failure->getMessage(), 0, 500)];
    }
}

// Answers every question. `operations` maps a name to a function of the input that returns the output, with `stages` in it if there are any.
function serve(string $name, string $version, string $homepage, array $operations, array $signature_methods, array $features): void
{
    // What PHP warns of is the library's way of saying what is wrong; it must not get between the lines of the protocol.
    ini_set('display_errors', 'stderr');
    set_error_handler(function ($level, $message) { throw new Refused($message); });
    $implementation = [
        'name' => $name, 'version' => $version, 'language' => 'PHP', 'language_version' => PHP_VERSION, 'homepage' => $homepage,
    ];
    say([
        'type' => 'hello', 'protocol' => 1, 'implementation' => $implementation, 'operations' => array_keys($operations),
        'signature_methods' => $signature_methods, 'features' => $features, 'max_in_flight' => MAX_IN_FLIGHT,
    ]);
    while (($line = fgets(STDIN)) !== false) {
        $message = json_decode($line, true);
        if ($message['type'] === 'bye') return;
        if ($message['type'] === 'run') say(['id' => $message['id']] + answer($operations, $message));
    }
}
