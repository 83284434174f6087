# The loop of the adapter protocol for libraries in Perl: questions on stdin, answers on stdout, one JSON object a line.
# What a library is asked and how stands in the library's own adapter; this file knows no library.
use strict;
use warnings;

package Loop;

use Encode ();
use JSON::PP ();
use MIME::Base64 ();

# Lines are read and answered one after the other; the pipe holds those that wait.
use constant MAX_IN_FLIGHT => 64;

my $json = JSON::PP->new->utf8->canonical;

# The library's interface has no words for this question: `feature:…`, `signature_method:…`.
sub unsupported { die bless {what => $_[0]}, 'Loop::Unsupported' }

# The library has refused by its return value and not by dying.
sub refused { die bless {message => $_[0]}, 'Loop::Refused' }

# For an interface that takes text only. Octets that are not UTF-8 are a reference to a string of them.
sub text {
    unsupported('feature:octets') if ref $_[0];
    return $_[0];
}

# The same as octets, for an interface that takes those.
sub octets { ref $_[0] ? ${$_[0]} : Encode::encode('UTF-8', $_[0]) }

sub field {
    my ($asked, $wanted) = @_;
    my ($found) = map { $_->[1] } grep { lc $_->[0] eq $wanted } @{$asked->{headers} || []};
    return $found;
}

# Header fields for an interface that takes a hash.
sub fields {
    my ($asked) = @_;
    my %seen;
    for my $field (@{$asked->{headers} || []}) { unsupported('feature:repeated_fields') if $seen{lc $field->[0]}++ }
    return map { $_->[0] => text($_->[1]) } @{$asked->{headers} || []};
}

# The body, if the application would say that it sends a form.
sub form {
    my ($asked) = @_;
    my $kind = field($asked, 'content-type');
    return undef unless defined $asked->{body} && defined $kind && $kind =~ m{^application/x-www-form-urlencoded}i;
    return text($asked->{body});
}

# Refuses to ask what the library would answer with other values than those asked for.
sub only {
    my ($asked, %interface) = @_;
    unsupported('feature:no_nonce') unless defined $asked->{nonce} && defined $asked->{timestamp};
    unsupported('feature:host_field') if $interface{no_host_field} && defined field($asked, 'host');
}

# Octets that are not UTF-8 are written {"base64": "…"}.
sub _read {
    my ($value) = @_;
    if (ref $value eq 'HASH') {
        return \MIME::Base64::decode_base64($value->{base64}) if keys %$value == 1 && exists $value->{base64};
        return {map { $_ => _read($value->{$_}) } keys %$value};
    }
    return [map { _read($_) } @$value] if ref $value eq 'ARRAY';
    return $value;
}

sub _say { print $json->encode($_[0]), "\n" }

# Mistakes of a program, and not its way of saying no.
sub _is_failure { $_[0] =~ /^(?:Can't (?:locate|call|use)|Not an? |Undefined subroutine|Modification of|Attempt to|Deep recursion)/ }

sub _answer {
    my ($operations, $message) = @_;
    my $output = eval { $operations->{$message->{operation}}->(_read($message->{input})) };
    if (my $died = $@) {
        return (type => 'unsupported', what => $died->{what}) if ref $died eq 'Loop::Unsupported';
        my $said = ref $died eq 'Loop::Refused' ? $died->{message} : "$died";
        my $what = !ref $died && _is_failure($said) ? 'error' : 'reject';
        return (type => $what, message => substr $said, 0, 500);
    }
    my $stages = delete $output->{stages};
    return (type => 'result', output => $output, $stages ? (stages => $stages) : ());
}

# Answers every question. `operations` maps a name to a function of the input that returns the output, with `stages` in it if there are any.
sub serve {
    my (%offer) = @_;
    local $| = 1;
    _say({
        type => 'hello', protocol => 1,
        implementation => {
            name => $offer{name}, version => "$offer{version}", language => 'Perl', language_version => sprintf('%vd', $^V),
            homepage => $offer{homepage},
        },
        operations => [sort keys %{$offer{operations}}], signature_methods => $offer{signature_methods} || [],
        features => $offer{features} || [], max_in_flight => MAX_IN_FLIGHT,
    });
    while (my $line = <STDIN>) {
        my $message = $json->decode($line);
        last if $message->{type} eq 'bye';
        _say({id => $message->{id}, _answer($offer{operations}, $message)}) if $message->{type} eq 'run';
    }
}

1;
