# simple_oauth's server side, in a Rack application under WEBrick: https://github.com/laserlemon/simple_oauth
#
# `SimpleOAuth::Header.new(method, url, parameters, authorization)` reads the header, and `valid?(consumer_secret:, token_secret:)` signs
# once more and compares; the form is handed over as decoded pairs. That is all there is, and only the Authorization header is read. The
# rest is the application's. Here as the library leaves it: timestamp, nonce and version are not looked at, PLAINTEXT is accepted as it
# would be over TLS, and an exception of the library is the web server's to answer. Here because no provider goes without: the client is
# known, a token is of its kind and the client's, the verifier is its own, the callback is registered, an exchange happens once; the owner
# of a resource is one and always says yes.
require 'json'
require 'rack'
require 'rack/handler/webrick'
require 'securerandom'
require 'webrick'
require 'simple_oauth'

CLIENTS = { ENV.fetch('CLIENT_IDENTIFIER') => ENV.fetch('CLIENT_SECRET') }.freeze
CALLBACKS = ['oob', ENV.fetch('CLIENT_CALLBACK')].freeze
TEMPORARY = {}
ACCESS = {}
Known = Struct.new(:secret, :client, :callback, :verifier)

FORM = { 'Content-Type' => 'application/x-www-form-urlencoded' }.freeze
TEXT = { 'Content-Type' => 'text/plain' }.freeze
REFUSED = [401, { 'Content-Type' => 'text/plain', 'WWW-Authenticate' => 'OAuth realm="loopback"' }, ['Invalid OAuth Request']].freeze

# Yields what the header says, if the request is signed by a client and, where tokens are given, by one of those.
def verified(rack_request, tokens = nil)
  received = rack_request.get_header('HTTP_AUTHORIZATION')
  return REFUSED unless received

  form = rack_request.form_data? ? URI.decode_www_form(rack_request.body.read) : []
  header = SimpleOAuth::Header.new(rack_request.request_method, rack_request.url, form, received)
  said = header.options
  secret = CLIENTS[said[:consumer_key]]
  token = tokens && tokens[said[:token]]
  return REFUSED unless secret && (!tokens || token&.client == said[:consumer_key])
  return REFUSED unless header.valid?(consumer_secret: secret, token_secret: token&.secret)

  yield said
end

# An identifier and a secret.
def credentials = [SecureRandom.hex(10), SecureRandom.hex(20)]

def form(token, secret, more = {})
  [200, FORM, [URI.encode_www_form({ oauth_token: token, oauth_token_secret: secret }.merge(more))]]
end

def request_token(rack_request)
  verified(rack_request) do |said|
    next [400, TEXT, ['oauth_callback is not registered']] unless CALLBACKS.include?(said[:callback])

    token, secret = credentials
    TEMPORARY[token] = Known.new(secret, said[:consumer_key], said[:callback])
    form(token, secret, oauth_callback_confirmed: 'true')
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
  verified(rack_request, TEMPORARY) do |said|
    verifier = TEMPORARY[said[:token]].verifier
    next REFUSED unless verifier && verifier == said[:verifier]

    TEMPORARY.delete(said[:token])
    token, secret = credentials
    ACCESS[token] = Known.new(secret, said[:consumer_key])
    form(token, secret)
  end
end

def resource(rack_request)
  verified(rack_request, ACCESS) do |said|
    seen = { client: said[:consumer_key], token: said[:token], method: rack_request.request_method, url: rack_request.url }
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
