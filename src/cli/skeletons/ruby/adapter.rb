# frozen_string_literal: true

# Puts an OAuth 1.0a library behind the adapter protocol of countersign, version 1.
#
# Run:   ruby adapter.rb
# Test:  countersign test --adapter 'ruby adapter.rb'
#
# Delivered, it signs with PLAINTEXT only and passes: replace what stands under YOUR LIBRARY.

require "erb"
require "json"

# The library refuses the input: a code of the protocol, or nil, and a message.
class Reject < StandardError
  attr_reader :code

  def initialize(code, message)
    super(message)
    @code = code
  end
end

# The library does not offer this, such as "feature:realm".
class Unsupported < StandardError; end

# ---- YOUR LIBRARY ----------------------------------------------------------------------------------------------------

OFFER = {
  # Who is tested: this stands in every report.
  implementation: { name: "my-library", version: "0.0.0", language: "Ruby", language_version: RUBY_VERSION },
  # Add what the library has, and answer it in `answer`: base_string, verify, percent_decode, parse_authorization, ...
  operations: %w[sign percent_encode],
  # Add what the library signs with: HMAC-SHA1, HMAC-SHA256, HMAC-SHA512, RSA-SHA1, RSA-SHA256, RSA-SHA512.
  signature_methods: %w[PLAINTEXT],
  # Add what `sign` hands on: form_body, duplicates, extra_parameters, realm, callback, verifier, transmission, body_hash, codes.
  features: %w[fixed_nonce no_version],
  # How many questions may wait in the pipe; they are answered in their order.
  max_in_flight: 64
}.freeze

# Call the library here with method, url, headers, body, client, token, nonce, timestamp, ... of the request.
def sign(request)
  method = request.fetch("signature_method")
  # Leave this out when the library is called: it has to refuse names that it does not know.
  raise Unsupported, "signature_method:#{method}" unless OFFER[:signature_methods].include?(method)
  # Raise this wherever the library refuses; the codes stand in countersign's vectors/README.md, nil will do.
  raise Reject.new("version_rejected", "oauth_version is not 1.0") unless [nil, "1.0"].include?(request["version"])

  secrets = [request.fetch("client")["secret"], request["token"]&.fetch("secret", nil)]
  # RFC 5849 section 3.4.4; give "authorization" beside the signature if the library makes the header.
  { signature: secrets.map { |secret| percent_encode(octets(secret)) }.join("&") }
end

# Section 3.6: the library's own function, if it has one.
def percent_encode(text)
  ERB::Util.url_encode(text)
end

# Add a branch for each operation that is offered.
def answer(operation, asked)
  case operation
  when "sign" then sign(asked)
  when "percent_encode" then { encoded: percent_encode(octets(asked.fetch("text"))) }
  else raise Unsupported, "operation:#{operation}"
  end
end

# ---- The protocol: nothing to change from here on --------------------------------------------------------------------

# The octets of a text: a string, {"base64": "..."} where they are not UTF-8, or nil.
def octets(text)
  case text
  when nil then ""
  when String then text
  else text.fetch("base64").unpack1("m0")
  end
end

stdin = $stdin.set_encoding(Encoding::UTF_8)
stdout = $stdout.dup
stdout.sync = true
# What the library prints must not get between the answers.
$stdout = $stderr
stdin.each_line do |line|
  about = {}
  begin
    next if line.strip.empty?

    message = JSON.parse(line)
    case message.fetch("type")
    when "bye"
      break
    when "hello"
      response = { type: "hello", protocol: 1, **OFFER }.to_json
    when "run"
      about[:id] = message.fetch("id")
      output = answer(message.fetch("operation"), message.fetch("input"))
      response = { type: "result", **about, output: output }.to_json
    else
      next
    end
  rescue Reject => e
    response = { type: "reject", **about, code: e.code, message: e.message }.to_json
  rescue Unsupported => e
    response = { type: "unsupported", **about, what: e.message }.to_json
  rescue StandardError, ScriptError => e
    why = { message: "#{e.class}: #{e.message}".scrub, traceback: e.full_message(highlight: false).scrub }
    response = { type: "error", **about, **why }.to_json
  end
  stdout.write(response, "\n")
end
