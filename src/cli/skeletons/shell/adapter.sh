#!/usr/bin/env bash
# Puts an OAuth 1.0a program behind the adapter protocol of countersign, version 1. It needs bash and jq.
#
# Run:   bash adapter.sh
# Test:  countersign test --adapter 'bash adapter.sh'
#
# Delivered, it signs with PLAINTEXT only and passes: replace what stands under YOUR PROGRAM.

export LC_ALL=C

# ---- YOUR PROGRAM ----------------------------------------------------------------------------------------------------

# Who is tested, which stands in every report, and what it offers. Add
# - operations, and answer them in `answer`: base_string, verify, percent_decode, parse_authorization, ...
# - signature_methods: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512
# - features, where `sign` hands them on: form_body, duplicates, extra_parameters, realm, callback, verifier, transmission, body_hash, codes
hello() {
    jq -nc --arg version "$BASH_VERSION" '{
        type: "hello", protocol: 1,
        implementation: {name: "my-program", version: "0.0.0", language: "Bash", language_version: $version},
        operations: ["sign", "percent_encode"],
        signature_methods: ["PLAINTEXT"],
        features: ["fixed_nonce", "no_version"],
        max_in_flight: 64
    }'
}

# Call the program here; what `octets` writes of method, url, headers, body, client, token, nonce, timestamp, ... is for it.
sign() {
    local method version
    method=$(octets .signature_method) && version=$(octets '.version // "1.0"') || return
    if [ "$method" != PLAINTEXT ]; then
        # Leave this out when the program is called: it has to refuse names that it does not know.
        unsupported "signature_method:$method"
    elif [ "$version" != 1.0 ]; then
        # Do this wherever the program refuses; the codes stand in countersign's vectors/README.md, "" will do.
        reject version_rejected "oauth_version is not 1.0"
    else
        # RFC 5849 section 3.4.4.
        { octets .client.secret | percent_encode && printf '&' && octets .token.secret | percent_encode; } | result signature
    fi
}

# Section 3.6, from stdin to stdout: the program's own function, if it has one.
percent_encode() {
    od -An -v -tu1 | awk '{
        for (at = 1; at <= NF; at++) {
            octet = sprintf("%c", $at + 0)
            printf "%s", octet ~ /^[A-Za-z0-9._~-]$/ ? octet : sprintf("%%%02X", $at)
        }
    }'
}

# Add a line for each operation that is offered.
answer() {
    case $1 in
        sign) sign ;;
        percent_encode) octets '.text // error("there is no text")' | percent_encode | result encoded ;;
        *) unsupported "operation:$1" ;;
    esac
}

# ---- The protocol: nothing to change from here on --------------------------------------------------------------------

# The octets of a text of the question, on stdout: a string, {"base64": "..."} where they are not UTF-8, or nothing for null. They go
# through a pipe, because no variable holds a NUL.
octets() {
    jq -r ".input | $1"' | if . == null then "" elif type == "string" then @base64
        elif type == "object" and (.base64 | type) == "string" then .base64 else error("this is no text") end' <<<"$line" | base64 -d
}

# The answers. What they say comes through a pipe too, because it can be longer than an argument may be.
result() {
    jq -Rsc --argjson id "$id" --arg name "$1" '{type: "result", id: $id, output: {($name): .}}'
}
reject() {
    jq -nc --argjson id "$id" --arg code "$1" --arg message "$2" '{type: "reject", id: $id, code: $code, message: $message}'
}
unsupported() {
    printf '%s' "$1" | jq -Rsc --argjson id "$id" '{type: "unsupported", id: $id, what: .}'
}
error() {
    printf '%s' "$1" | jq -Rsc --argjson id "$id" '{type: "error", message: .} + if $id == null then {} else {id: $id} end'
}

set -o pipefail
while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ [^[:space:]] ]] || continue
    id=null
    # Type, id and operation as JSON, one a line; the limit is there because the id becomes an argument.
    if ! head=$(jq -Rr 'fromjson | .type, .id, .operation | tojson | if length > 1000 then error("a name is too long") else . end' \
        <<<"$line" 2>&1); then
        error "$head"
        continue
    fi
    { read -r type && read -r id && read -r operation; } <<<"$head"
    case $type in
        '"hello"') hello ;;
        '"bye"') break ;;
        '"run"')
            operation=${operation#\"}
            if [[ $id != \"* ]]; then
                id=null
                error "a run message without id"
            # Nothing is written before everything went well.
            elif response=$(answer "${operation%\"}"); then
                printf '%s\n' "$response"
            else
                error "it broke, see the standard error"
            fi
            ;;
        \"*) ;; # A message of a later version.
        *) id=null && error "a message without type" ;;
    esac
done
