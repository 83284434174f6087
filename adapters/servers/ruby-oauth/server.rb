# ruby-oauth's server side, in a Rack application under WEBrick: https://github.com/ruby-oauth/oauth
#
# `OAuth::Signature.verify(rack_request) { |request| [token_secret, consumer_secret] }` reads the request and compares the signature, and
# `OAuth::ServerToken` makes credentials; that is all there is. The rest is the application's. Here as the library leaves it: timestamp,
# nonce and version are not looked at, PLAINTEXT is accepted as it would be over TLS, and an exception of the library that is not one of its
# own is the web server's to answer. Here because no provider goes without: the client is known, a token is of its kind and the client's,
# the verifier is its own, the callback is registered, an exchange happens once; the owner of a resource is one and always says yes.
require 'json'
require 'rack'
require 'rack/handler/webrick'
require 'securerandom'
require 'webrick'
require 'oauth'
require 'oauth/request_proxy/rack_request'
require 'oauth/signature/plaintext'
require 'oauth/tokens/server_token'

CLIENTS = { ENV.fetch('CLIENT_IDENTIFIER') => ENV.fetch('CLIENT_SECRET') }.freeze
CALLBACKS = ['oob', ENV.fetch('CLIENT_CALLBACK')].freeze
TEMPORARY = {}
ACCESS = {}
Known = Struct.new(:secret, :client, :callback, :verifier)

FORM = { 'Content-Type' => 'application/x-www-form-urlencoded' }.freeze
TEXT = { 'Content-Type' => 'text/plain' }.freeze
REFUSED = [401, { 'Content-Type' => 'text/plain', 'WWW-Authenticate' => 'OAuth realm="loopback"' }, ['Invalid OAuth Request']].freeze

# Yields the request as the library reads it, if it is signed by a client and, where tokens are given, by one of those.
def verified(rack_request, tokens = nil)
  read = nil
  valid = OAuth::Signature.verify(rack_request) do |request|
    read = request
    [tokens && tokens[request.token]&.secret, CLIENTS[request.consumer_key]]
  end
  return REFUSED unless valid && CLIENTS.key?(read.consumer_key)
  return REFUSED if tokens && tokens[read.token]&.client != read.consumer_key

  yield read
rescue OAuth::Signature::UnknownSignatureMethod
  REFUSED
end

def request_token(rack_request)
  verified(rack_request) do |request|
    next [400, TEXT, ['oauth_callback is not registered']] unless CALLBACKS.include?(request.oauth_callback)

    token = OAuth::ServerToken.new
    TEMPORARY[token.token] = Known.new(token.secret, request.consumer_key, request.oauth_callback)
    [200, FORM, ["#{token.to_query}&oauth_callback_confirmed=true"]]
  end
end

# A page would come first; here the owner has agreed before it could be seen.
def authorize(rack_request)
  name = rack_request.GET['oauth_token']
  known = TEMPORARY[name]
  return [400, TEXT, ['there is no such token']] unless known

  known.verifier = SecureRandom.hex(8)
  unless known.callback.start_with?('http://', 'https://')
    return [200, { 'Content-Type' => 'text/html' }, ["<p>Your verifier is: <code id=\"verifier\">#{known.verifier}</code></p>"]]
  end

  query = URI.encode_www_form(oauth_token: name, oauth_verifier: known.verifier)
  [302, { 'Location' => "#{known.callback}#{known.callback.include?('?') ? '&' : '?'}#{query}" }, []]
end

def access_token(rack_request)
  verified(rack_request, TEMPORARY) do |request|
    verifier = TEMPORARY[request.token].verifier
    next REFUSED unless verifier && verifier == request.oauth_verifier

    TEMPORARY.delete(request.token)
    token = OAuth::ServerToken.new
    ACCESS[token.token] = Known.new(token.secret, request.consumer_key)
    [200, FORM, [token.to_query]]
  end
end

def resource(rack_request)
  verified(rack_request, ACCESS) do |request|
    seen = { client: request.consumer_key, token: request.token, method: rack_request.request_method, url: rack_request.url }
    [200, { 'Content-Type' => 'application/json' }, [JSON.generate(seen)]]
  end
end

VIEWS = {
  '/oauth/request_token' => [:request_token, %w[POST]], '/oauth/authorize' => [:authorize, %w[GET]],
  '/oauth/access_token' => [:access_token, %w[POST]], '/resource' => [:resource, %w[GET POST]]
}.freeze

application = lambda do |env|
  rack_request = Rack::Request.new(env)
  view, methods = VIEWS[rack_request.path]
  next [404, TEXT, ['not found']] unless view
  next [405, TEXT, ['method not allowed']] unless methods.include?(rack_request.request_method)

  send(view, rack_request)
end

quiet = { Logger: WEBrick::Log.new($stderr, WEBrick::Log::FATAL), AccessLog: [] }
server = WEBrick::HTTPServer.new(BindAddress: '127.0.0.1', Port: Integer(ENV.fetch('PORT')), **quiet)
server.mount('/', Rack::Handler::WEBrick, application)
trap('TERM') { server.shutdown }
trap('INT') { server.shutdown }
puts "ready http://127.0.0.1:#{server.listeners.first.addr[1]}"
$stdout.flush
server.start
