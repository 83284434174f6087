# WWW::OAuth: `WWW::OAuth->new(…)->authorization_header(Basic => { method, url, headers, content }, { oauth_… => … })`.
# The second hash adds protocol parameters and replaces nonce, timestamp and version. Signers for other methods than its own two would be the
# caller's work. The base string is noted where it computes it.
use strict;
use warnings;
use FindBin;
require "$FindBin::RealBin/../shared/loop.pl";

use Encode ();
use WWW::OAuth;
use WWW::OAuth::Util ();

my $base_string;
{
    no warnings 'redefine';
    my $compute = \&WWW::OAuth::_signature_base_string;
    *WWW::OAuth::_signature_base_string = sub { $base_string = $compute->(@_) };
}

sub sign {
    my ($asked) = @_;
    Loop::only($asked);
    undef $base_string;
    my %extra = (oauth_nonce => $asked->{nonce}, oauth_timestamp => $asked->{timestamp}, oauth_version => $asked->{version});
    $extra{oauth_callback} = $asked->{callback} if defined $asked->{callback};
    $extra{oauth_verifier} = $asked->{verifier} if defined $asked->{verifier};
    $extra{oauth_body_hash} = $asked->{body_hash} if defined $asked->{body_hash};
    $extra{realm} = $asked->{realm} if defined $asked->{realm};
    for my $pair (@{$asked->{extra} || []}) {
        Loop::unsupported('feature:extra_without_prefix') unless $pair->[0] =~ /^oauth_/;
        $extra{$pair->[0]} = $pair->[1];
    }
    my $token = $asked->{token} || {};
    my $oauth = WWW::OAuth->new(
        client_id => $asked->{client}{identifier}, client_secret => $asked->{client}{secret},
        token => $token->{identifier}, token_secret => $token->{secret}, signature_method => $asked->{signature_method},
    );
    my $header = $oauth->authorization_header(
        Basic => {
            method => $asked->{method}, url => Loop::text($asked->{url}), headers => {Loop::fields($asked)},
            content => defined $asked->{body} ? Loop::octets($asked->{body}) : undef,
        },
        \%extra,
    );
    my ($signature) = $header =~ /oauth_signature="([^"]*)"/;
    my %output = (signature => URI::Escape::uri_unescape($signature), authorization => $header);
    $output{stages} = {base_string => $base_string} if defined $base_string;
    return \%output;
}

sub form_decode {
    my @flat = @{WWW::OAuth::Util::form_urldecode(Loop::octets($_[0]{text}))};
    my @pairs;
    push @pairs, [splice @flat, 0, 2] while @flat;
    return {parameters => \@pairs};
}

Loop::serve(
    name => 'www-oauth', version => $WWW::OAuth::VERSION, homepage => 'https://metacpan.org/pod/WWW::OAuth',
    operations => {sign => \&sign, form_decode => \&form_decode},
    signature_methods => [qw(HMAC-SHA1 PLAINTEXT)],
    features => [qw(stages form_body duplicates extra_parameters realm callback verifier fixed_nonce body_hash)],
);
