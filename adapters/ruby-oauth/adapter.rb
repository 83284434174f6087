# ruby-oauth: `consumer.sign!(net_http_request, token, options)`, as the access token's own requests do it; with `token_request: true` where
# credentials are asked for, as `get_request_token` and `get_access_token` pass it. `consumer.signature_base_string` is the stage.
# `OAuth::Signature.verify(rack_request, secrets)` compares the signature and leaves timestamps and nonces to the application.
require 'net/http'
require 'stringio'
require 'oauth'
require 'oauth/client/net_http'
require 'oauth/request_proxy/rack_request'
require 'oauth/signature/plaintext'
require 'oauth/signature/rsa/sha1'
require_relative '../shared/loop'

SCHEMES = { 'header' => :header, 'body' => :body, 'query' => :query_string }.freeze
CLASSES = Net::HTTP.constants.map { |name| Net::HTTP.const_get(name) }
                   .select { |known| known.is_a?(Class) && known < Net::HTTPRequest && known.const_defined?(:METHOD) }
                   .to_h { |known| [known::METHOD, known] }.freeze

# The request as an application builds it; the class of a method says whether it has a body.
def request_of(asked, path)
  headers = Loop.fields(asked)
  known = CLASSES[asked['method']]
  request = known ? known.new(path, headers) : Net::HTTPGenericRequest.new(asked['method'], !asked['body'].nil?, true, path, headers)
  request.body = asked['body'] if asked['body']
  request
end

def sign(asked)
  Loop.only(asked)
  url = URI.parse(Loop.text(asked['url']))
  site = asked['url'][%r{\A[^/?#]*//[^/?#]*}]
  path = "#{url.path.to_s.empty? ? '/' : url.path}#{url.query && "?#{url.query}"}"
  consumer = OAuth::Consumer.new(asked['client']['identifier'], asked['client']['secret'], site: site)
  token = asked['token'] && OAuth::ConsumerToken.new(consumer, asked['token']['identifier'], asked['token']['secret'])
  options = {
    nonce: asked['nonce'], timestamp: asked['timestamp'], signature_method: asked['signature_method'],
    scheme: SCHEMES.fetch(asked['transmission'] || 'header'), realm: asked['realm'], oauth_callback: asked['callback'],
    oauth_verifier: asked['verifier'], oauth_version: asked['version'], private_key: asked['private_key'],
    token_request: asked['callback'] || asked['verifier'] ? true : nil
  }.compact
  base_string = consumer.signature_base_string(request_of(asked, path), token, options.dup) unless asked['signature_method'] == 'PLAINTEXT'
  request = request_of(asked, path)
  consumer.sign!(request, token, options)
  place, sent = { header: [:authorization, request['Authorization']], body: [:body, request.body],
                  query_string: [:url, "#{site}#{request.path}"] }.fetch(options[:scheme])
  signature = OAuth::Helper.unescape(sent[/oauth_signature="?([^"&]*)/, 1])
  { :signature => signature, place => sent, :stages => base_string && { base_string: base_string } }
end

# What a Rack server hands to the application.
def rack_request(asked)
  url = URI.parse(Loop.text(asked['url']))
  env = {
    'REQUEST_METHOD' => asked['method'], 'SCRIPT_NAME' => '', 'PATH_INFO' => url.path, 'QUERY_STRING' => url.query.to_s,
    'SERVER_NAME' => url.host, 'SERVER_PORT' => url.port.to_s, 'rack.url_scheme' => url.scheme,
    'rack.input' => StringIO.new((asked['body'] || '').b)
  }
  Loop.fields(asked).each do |name, value|
    key = name.upcase.tr('-', '_')
    env[%w[CONTENT_TYPE CONTENT_LENGTH].include?(key) ? key : "HTTP_#{key}"] = value
  end
  Rack::Request.new(env)
end

def verify(asked)
  raise Loop::Unsupported, 'feature:nonces' unless (asked['seen'] || []).empty?
  raise Loop::Unsupported, 'feature:allowed_methods' if asked['allowed_methods']

  # The block looks up the secrets for the identifiers that the library has read.
  valid = OAuth::Signature.verify(rack_request(asked)) do |request|
    raise Loop::Refused, 'no such client' unless asked['client'] && request.consumer_key == asked['client']['identifier']
    raise Loop::Refused, 'no such token' unless request.token.to_s == asked.dig('token', 'identifier').to_s

    [asked.dig('token', 'secret'), asked['client']['public_key'] || asked['client']['secret']]
  end
  { valid: valid }
end

def parse_authorization(asked)
  read = OAuth::Helper.parse_header(asked['header'])
  { realm: read['realm'], parameters: read.reject { |name, _| name == 'realm' }.to_a }
end

# The connection has the answer already.
class Answering
  def initialize(asked)
    kind = Net::HTTPResponse::CODE_TO_OBJ[asked['status'].to_s] || Net::HTTPUnknownResponse
    @response = kind.new('1.1', asked['status'].to_s, '')
    (asked['headers'] || []).each { |name, value| @response.add_field(name, value) }
    @response.instance_variable_set(:@body, asked['body'])
    @response.instance_variable_set(:@read, true)
  end

  def address = 'provider.example'
  def port = 443
  def use_ssl? = true
  def request(_) = @response
end

def parse_token_response(asked)
  consumer = OAuth::Consumer.new('client', 'secret', site: 'https://provider.example')
  consumer.instance_variable_set(:@http, Answering.new(asked))
  token = if asked['step'] == 'temporary'
            consumer.get_request_token(oauth_callback: 'https://client.example/ready')
          else
            OAuth::RequestToken.new(consumer, 'temporary', 'secret').get_access_token(oauth_verifier: 'verifier')
          end
  # A name without `=` has nil there: whoever looks it up finds nothing.
  parameters = token.params.select { |name, value| name.is_a?(String) && value }.to_a
  { identifier: token.token, secret: token.secret, parameters: parameters }
end

def normalize(asked)
  values = asked['parameters'].group_by(&:first).transform_values { |pairs| pairs.map(&:last) }
  { normalized: OAuth::Helper.normalize(values) }
end

Loop.serve(
  name: 'ruby-oauth', version: OAuth::VERSION, homepage: 'https://github.com/ruby-oauth/oauth',
  operations: {
    'sign' => method(:sign), 'verify' => method(:verify), 'parse_authorization' => method(:parse_authorization),
    'parse_token_response' => method(:parse_token_response), 'normalize' => method(:normalize),
    'percent_encode' => ->(asked) { { encoded: OAuth::Helper.escape(asked['text']) } },
    'percent_decode' => ->(asked) { { decoded: OAuth::Helper.unescape(asked['text']) } }
  },
  signature_methods: %w[HMAC-SHA1 RSA-SHA1 PLAINTEXT],
  features: %w[stages form_body duplicates realm callback verifier fixed_nonce transmission body_hash],
  refusals: [OAuth::Signature::UnknownSignatureMethod]
)
