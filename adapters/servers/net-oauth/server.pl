# Net::OAuth's messages, under HTTP::Daemon: https://metacpan.org/pod/Net::OAuth
#
# `Net::OAuth->request($type)->from_authorization_header(…)` (or `from_post_body`, `from_url`) and `verify` are the provider's side; the
# types are those of version 1.0a, as the documentation recommends. It says that the library encapsulates no service provider and stores no
# tokens, nonces or keys. Here as it leaves them: timestamp, nonce and version are not looked at, PLAINTEXT is accepted as it would be over
# TLS. Here because no provider goes without: the client is known, the callback is registered, a token is of its kind and the client's, the
# verifier is its own, an exchange happens once; the owner of a resource is one and always says yes; an exception of the library is answered
# with 400 and its first line.
use strict;
use warnings;

use HTTP::Daemon;
use HTTP::Response;
use JSON::PP ();
use Net::OAuth;
use URI;
use URI::Escape qw(uri_escape);
use URI::QueryParam;

$Net::OAuth::PROTOCOL_VERSION = Net::OAuth::PROTOCOL_VERSION_1_0A;

my %clients = ($ENV{CLIENT_IDENTIFIER} => $ENV{CLIENT_SECRET});
my %callbacks = map { $_ => 1 } 'oob', $ENV{CLIENT_CALLBACK};
my (%temporary, %access);

sub random_text {
    open my $source, '<:raw', '/dev/urandom' or die "/dev/urandom: $!";
    read $source, my $octets, 12;
    return unpack 'H*', $octets;
}

sub answer {
    my ($status, $type, $content, %fields) = @_;
    return HTTP::Response->new($status, undef, ['Content-Type' => $type, Connection => 'close', %fields], $content);
}

sub refused { return answer(401, 'text/plain', $_[0], 'WWW-Authenticate' => 'OAuth realm="loopback"') }

# The message, as the library reads it, or an exception. The secrets must be there when it is made, and the identifiers are known when it
# was read: so it is read twice, first with no secrets.
sub message {
    my ($type, $http, $tokens) = @_;
    my $url = URI->new_abs($http->uri, 'http://' . ($http->header('Host') || 'localhost'));
    my $class = Net::OAuth->request($type);
    my $read = sub {
        my %api = (request_url => $url, request_method => $http->method, @_);
        my ($header, $form) = (scalar $http->header('Authorization'), $http->content);
        my $is_form = lc($http->content_type || '') eq 'application/x-www-form-urlencoded' && length $form;
        if (defined $header) {
            my $message = $class->from_authorization_header($header, %api);
            $message->extra_params({%{$message->extra_params}, %{URI->new("?$form")->query_form_hash}}) if $is_form;
            return $message;
        }
        return $class->from_post_body($form, %api) if $is_form;
        my $bare = $url->clone;
        $bare->query(undef);
        return $class->from_url($url, %api, request_url => $bare);
    };
    my $first = $read->(consumer_secret => '', token_secret => '');
    my $token = $tokens ? $tokens->{$first->token} : undef;
    my $secret = $clients{$first->consumer_key};
    return unless defined $secret && (!$tokens || $token && $token->{client} eq $first->consumer_key);
    my $message = $read->(consumer_secret => $secret, $token ? (token_secret => $token->{secret}) : ());
    return $message->verify ? $message : undef;
}

sub request_token {
    my ($http) = @_;
    my $message = message('request token', $http) or return refused('the request does not verify');
    return answer(400, 'text/plain', 'oauth_callback is not registered') unless $callbacks{$message->callback};
    my ($token, $secret) = (random_text(), random_text());
    $temporary{$token} = {secret => $secret, client => $message->consumer_key, callback => $message->callback};
    my $response = Net::OAuth->response('request token')->new(token => $token, token_secret => $secret, callback_confirmed => 'true');
    return answer(200, 'application/x-www-form-urlencoded', $response->to_post_body);
}

# A page would come first; here the owner has agreed before it could be seen.
sub authorize {
    my ($http) = @_;
    my $name = $http->uri->query_param('oauth_token');
    my $token = defined $name ? $temporary{$name} : undef;
    return answer(400, 'text/plain', 'there is no such token') unless $token;
    $token->{verifier} = random_text();
    if ($token->{callback} !~ m{^https?://}) {
        return answer(200, 'text/html', qq{<p>Your verifier is: <code id="verifier">$token->{verifier}</code></p>});
    }
    my $location = $token->{callback} . ($token->{callback} =~ /\?/ ? '&' : '?');
    $location .= 'oauth_token=' . uri_escape($name) . '&oauth_verifier=' . uri_escape($token->{verifier});
    return answer(302, 'text/plain', '', Location => $location);
}

sub access_token {
    my ($http) = @_;
    my $message = message('access token', $http, \%temporary) or return refused('the request does not verify');
    my $verifier = $temporary{$message->token}{verifier};
    return refused('the verifier is another one') unless defined $verifier && $message->verifier eq $verifier;
    delete $temporary{$message->token};
    my ($token, $secret) = (random_text(), random_text());
    $access{$token} = {secret => $secret, client => $message->consumer_key};
    my $response = Net::OAuth->response('access token')->new(token => $token, token_secret => $secret);
    return answer(200, 'application/x-www-form-urlencoded', $response->to_post_body);
}

sub resource {
    my ($http) = @_;
    my $message = message('protected resource', $http, \%access) or return refused('the request does not verify');
    my %seen = (client => $message->consumer_key, token => $message->token, method => $http->method, url => $http->uri->as_string);
    return answer(200, 'application/json', JSON::PP->new->canonical->encode(\%seen));
}

my %views = (
    'POST /oauth/request_token' => \&request_token, 'GET /oauth/authorize' => \&authorize, 'POST /oauth/access_token' => \&access_token,
    'GET /resource' => \&resource, 'POST /resource' => \&resource,
);

sub view {
    my ($http) = @_;
    my $path = $http->uri->path;
    my $known = $views{$http->method . ' ' . $path};
    return answer((grep { (split ' ')[1] eq $path } keys %views) ? 405 : 404, 'text/plain', 'there is no such view') unless $known;
    my $answer = eval { $known->($http) };
    return $answer if $answer;
    my ($why) = split /\n/, $@;
    return answer(400, 'text/plain', $why =~ s/ at \S+ line \d+\.?.*//r);
}

my $daemon = HTTP::Daemon->new(LocalAddr => '127.0.0.1', LocalPort => $ENV{PORT}, ReuseAddr => 1, Listen => 16) or die "listen: $@";
$| = 1;
print 'ready http://127.0.0.1:', $daemon->sockport, "\n";
# One request a connection: a client that keeps one open would keep out all others.
while (my $connection = $daemon->accept) {
    $connection->timeout(5);
    if (my $http = $connection->get_request) {
        $connection->force_last_request;
        $connection->send_response(view($http));
    }
    $connection->close;
}
