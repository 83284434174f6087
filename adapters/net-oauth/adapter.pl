# Net::OAuth: `Net::OAuth->request($type)->new(…)`, `sign`, `to_authorization_header`; a server calls `from_authorization_header`,
# `from_post_body` or `from_url` and then `verify`. A message has a type, chosen as the documentation has it: what is asked with a token, for
# a token, or with the client's credentials only. A form goes into a hash of decoded text, so that no name can be repeated in it.
# `verify` compares the signature and leaves timestamps and nonces to the application.
use strict;
use warnings;
use FindBin;
require "$FindBin::RealBin/../shared/loop.pl";

use Crypt::OpenSSL::RSA;
use Encode ();
use Net::OAuth;
use Net::OAuth::Message;
use URI;
use URI::QueryParam;

$Net::OAuth::PROTOCOL_VERSION = Net::OAuth::PROTOCOL_VERSION_1_0A;
$Net::OAuth::SKIP_UTF8_DOUBLE_ENCODE_CHECK = 1;

sub form_hash {
    my ($form) = @_;
    my $uri = URI->new('http://form.example/');
    $uri->query($form);
    my %decoded;
    for my $name ($uri->query_param) {
        my @values = $uri->query_param($name);
        Loop::unsupported('feature:form_duplicates') if @values > 1;
        $decoded{Encode::decode('UTF-8', $name)} = Encode::decode('UTF-8', $values[0]);
    }
    return \%decoded;
}

sub rsa_key {
    my ($asked) = @_;
    return unless ($asked->{signature_method} || '') eq 'RSA-SHA1';
    return (signature_key => Crypt::OpenSSL::RSA->new_private_key(defined $asked->{private_key} ? $asked->{private_key} : ''));
}

sub sign {
    my ($asked) = @_;
    Loop::only($asked, no_host_field => 1);
    my ($type, %of_type) = ('consumer');
    if (my $token = $asked->{token}) {
        $type = 'protected resource';
        %of_type = (token => Loop::text($token->{identifier}), token_secret => defined $token->{secret} ? $token->{secret} : '');
    }
    if (defined $asked->{callback}) {
        Loop::unsupported('feature:callback_with_token') if $asked->{token};
        ($type, %of_type) = ('request token', callback => $asked->{callback});
    }
    if (defined $asked->{verifier}) {
        Loop::unsupported('feature:verifier_without_token') unless $asked->{token};
        ($type, %of_type) = ('access token', %of_type, verifier => $asked->{verifier});
    }
    my $form = Loop::form($asked);
    my $request = Net::OAuth->request($type)->new(
        consumer_key => $asked->{client}{identifier}, consumer_secret => $asked->{client}{secret},
        request_url => Loop::text($asked->{url}), request_method => $asked->{method}, signature_method => $asked->{signature_method},
        timestamp => $asked->{timestamp}, nonce => $asked->{nonce}, version => $asked->{version},
        extra_params => defined $form ? form_hash($form) : {}, rsa_key($asked), %of_type,
    );
    $request->sign;
    my %output = (signature => $request->signature, authorization => $request->to_authorization_header($asked->{realm}));
    $output{stages} = {base_string => $request->signature_base_string} if $asked->{signature_method} ne 'PLAINTEXT';
    return \%output;
}

sub verify {
    my ($asked) = @_;
    Loop::unsupported('feature:nonces') if @{$asked->{seen} || []};
    Loop::unsupported('feature:allowed_methods') if defined $asked->{allowed_methods};
    my ($client, $token) = ($asked->{client} || {}, $asked->{token});
    my %api = (
        request_url => Loop::text($asked->{url}), request_method => $asked->{method},
        consumer_secret => defined $client->{secret} ? $client->{secret} : '',
        $token ? (token_secret => defined $token->{secret} ? $token->{secret} : '') : (),
        defined $client->{public_key} ? (signature_key => Crypt::OpenSSL::RSA->new_public_key($client->{public_key})) : (),
    );
    my ($header, $form) = (Loop::field($asked, 'authorization'), Loop::form($asked));
    my $message_type = Net::OAuth->request($token ? 'protected resource' : 'consumer');
    my $request = eval {
        if (defined $header) {
            my $read = $message_type->from_authorization_header(Loop::text($header), %api);
            $read->extra_params({%{$read->extra_params || {}}, %{form_hash($form)}}) if defined $form;
            $read;
        } elsif (defined $form) {
            $message_type->from_post_body($form, %api);
        } else {
            # `from_url` takes the parameters out of the query; what is left of the URL is where the request went.
            my $without_query = URI->new(Loop::text($asked->{url}));
            $without_query->query(undef);
            $message_type->from_url(Loop::text($asked->{url}), %api, request_url => $without_query);
        }
    };
    if (my $died = $@) {
        # What a request for a token carries is refused where a protected resource is asked for, and a question does not say which it is.
        Loop::unsupported('feature:endpoint') if $died =~ /oauth_(?:callback|verifier) not valid for a message of type/;
        die $died;
    }
    # An application looks up the secrets for the identifiers that the library has read; the documentation hands them over at once.
    Loop::refused('no such client') unless defined $client->{identifier} && $request->consumer_key eq $client->{identifier};
    Loop::refused('no such token') unless !$token || $request->token eq $token->{identifier};
    return {valid => $request->verify ? JSON::PP::true() : JSON::PP::false()};
}

Loop::serve(
    name => 'net-oauth', version => $Net::OAuth::VERSION, homepage => 'https://metacpan.org/pod/Net::OAuth',
    operations => {
        sign => \&sign,
        verify => \&verify,
        percent_encode => sub { return {encoded => Net::OAuth::Message::encode(Loop::text($_[0]{text}))} },
    },
    signature_methods => [qw(HMAC-SHA1 HMAC-SHA256 RSA-SHA1 PLAINTEXT)],
    features => [qw(stages form_body duplicates realm callback verifier fixed_nonce)],
);
