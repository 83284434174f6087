# simple_oauth: `SimpleOAuth::Header.new(method, url, params, options)`, its `to_s` and `signed_attributes`; `Header.parse` and `valid?`
# on the other side. A form is handed over as decoded pairs, which the standard library reads. `valid?` compares the signature and leaves
# timestamps and nonces to the application; it signs once more itself, so that RSA signatures cannot be verified with a public key.
require 'simple_oauth'
require_relative '../shared/loop'

Header = SimpleOAuth::Header

def parameters(asked)
  form = Loop.form(asked)
  form ? URI.decode_www_form(form) : []
end

def sign(asked)
  Loop.only(asked, host_field: false)
  options = {
    consumer_key: asked['client']['identifier'],
    consumer_secret: asked['signature_method'] == 'RSA-SHA1' ? asked['private_key'] : asked['client']['secret'],
    token: asked.dig('token', 'identifier'), token_secret: asked.dig('token', 'secret'), signature_method: asked['signature_method'],
    nonce: asked['nonce'], timestamp: asked['timestamp'], version: asked['version'], callback: asked['callback'], verifier: asked['verifier']
  }.compact
  header = Header.new(asked['method'], Loop.text(asked['url']), parameters(asked), options)
  output = { signature: header.signed_attributes[:oauth_signature], authorization: header.to_s }
  output[:stages] = { base_string: header.send(:signature_base) } unless asked['signature_method'] == 'PLAINTEXT'
  output
end

def verify(asked)
  raise Loop::Unsupported, 'feature:nonces' unless (asked['seen'] || []).empty?
  raise Loop::Unsupported, 'feature:allowed_methods' if asked['allowed_methods']
  raise Loop::Unsupported, 'feature:rsa_verification' if asked.dig('client', 'public_key')

  Loop.fields(asked)
  received = Loop.field(asked, 'authorization')
  raise Loop::Unsupported, 'feature:other_transmissions' unless received
  raise Loop::Unsupported, 'feature:host_field' if Loop.field(asked, 'host')

  header = Header.new(asked['method'], Loop.text(asked['url']), parameters(asked), received)
  # The secrets are looked up for the identifiers that the library has read.
  raise Loop::Refused, 'no such client' unless asked['client'] && header.options[:consumer_key] == asked['client']['identifier']
  raise Loop::Refused, 'no such token' unless header.options[:token].to_s == asked.dig('token', 'identifier').to_s

  { valid: header.valid?(consumer_secret: asked['client']['secret'], token_secret: asked.dig('token', 'secret')) }
end

# It takes the prefix off; here the names that it knows get it back.
def parse_authorization(asked)
  known = Header::ATTRIBUTE_KEYS + Header::IGNORED_KEYS
  read = Header.parse(asked['header']).map { |name, value| [known.include?(name) ? "oauth_#{name}" : name.to_s, value] }
  realms, parameters = read.partition { |name, _| name == 'realm' }
  { realm: realms.first&.last, parameters: parameters }
end

Loop.serve(
  name: 'simple-oauth', version: Gem::Specification.find_by_name('simple_oauth').version.to_s,
  homepage: 'https://github.com/laserlemon/simple_oauth',
  operations: {
    'sign' => method(:sign), 'verify' => method(:verify), 'parse_authorization' => method(:parse_authorization),
    'percent_encode' => ->(asked) { { encoded: Header.escape(asked['text']) } },
    'percent_decode' => ->(asked) { { decoded: Header.unescape(asked['text']) } }
  },
  signature_methods: %w[HMAC-SHA1 RSA-SHA1 PLAINTEXT],
  features: %w[stages form_body duplicates callback verifier fixed_nonce]
)
