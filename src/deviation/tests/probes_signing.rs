//! Wrong signatures of departures from encoding, order, key, algorithm and text. Each was computed by a program in Python that changed
//! exactly this one step; none is an output of this crate.

use super::requests::probe;

#[test]
fn each_departure_gives_the_signature_that_was_computed_for_it() {
    for (name, id, signature) in [
        ("A", "encode.space-plus", "lXMa/hgHNRLOTAyUe1FgTwswLUk="),
        ("A", "encode.marks-kept", "tEHqsOHpvSV+HbtL6FCazZTX3MY="),
        ("A", "encode.marks-kept.everywhere", "ds9UFk/ZbE8mIJ8opYJEZkVN7ds="),
        ("A", "encode.tilde", "cAVbFHyEINn3OSFc1yq9/1gM7bA="),
        ("A", "encode.star-kept-tilde", "aekgGW0jeEmi4vJt3y0lzmPWonQ="),
        ("A", "encode.lower-hex.everywhere", "TfaMZVSOS8l/gTM+LsVoE3eqoiw="),
        ("A", "encode.form", "BOwJypGdvBmGVTNdAAZQG7oYblY="),
        ("A", "encode.reserved-kept", "KYoKmEpglIgMKhucM28XaCd5U/g="),
        ("A", "encode.slash-kept", "2hX5x928gCkWygPCUsdGaaYEp7M="),
        ("A", "encode.dot-and-dash", "j5UJXCFFEPwIr2fBuxN0B+FV+aM="),
        ("A", "charset.latin-1", "6llcGC1K6pjodb1sGWskh9QGsWw="),
        ("A", "encode.escape", "c13lIbRTEzlOWiO946moHfBb3Mo="),
        ("A", "charset.utf-8-twice", "ra1euCAmvVqHQFu3vjCVzYumMiE="),
        ("A", "charset.nfc", "YXwygkeL9C/VEK5Q21hxrz3PRmw="),
        ("A", "charset.nfd", "TKJl0vAYEHZQovDlZ5gmCLvybtg="),
        ("A", "encode.names-raw", "qpnH+l9WB/kgtuBNF9M3eGvufi8="),
        ("A", "encode.values-twice", "QorhXKMmcoq+6vSn/G26ieejNAw="),
        ("A", "encode.missing", "iEf3lt1DtgO95klBhEdr5uG7BBQ="),
        ("A", "encode.parts-raw", "+o/LmAkAEaEPnmQ7/pDWrNc7GI4="),
        ("A", "concatenate.parameters-raw", "TBFrnHg02R7MqJghpyiJ/vNfxMo="),
        ("A", "concatenate.encoded-again", "ROnYHX0vQKE5alICSV2z2Len7gY="),
        ("A", "concatenate.encoded-in-one-go", "geiOUNJtBBCwmQk6J9p91xjgiic="),
        ("A", "order.unsorted", "a5FGZws3JjX73hP8p8sEY+wyhLU="),
        ("A", "order.two-blocks", "YaQDIuBrcFQM4NXiIcO5/l9xJNs="),
        ("A", "order.decoded", "P5vlOKcANGfFgbT4CjYLo+qnFNU="),
        ("A", "order.pairs", "16/zTl6ru44oBcRlL5U2Z2qJRGw="),
        ("A", "order.values-unsorted", "K06rww3/wUv7tA0e78gRn/amfJU="),
        ("A", "encode-secret.raw", "Wf02MkKlu0caq5/EYvmHyLoOxuo="),
        ("B", "key.no-ampersand-without-token", "a+9S4uDMgncgYn+559xitXAKZdg="),
        ("A", "secret.token-secret-left-out", "Jt9+TSjyECodmJP+rN5lOoEiciQ="),
        ("A", "key.client-secret-only", "bb7akzk1E0U4qKIyWSv9gByN5/Q="),
        ("A", "secret.swapped", "ET0+aVjgQanmygVyfDwaXIu4dX4="),
        ("A", "secret.token-for-its-secret", "NFaI3fPsjfV7j6kqe8prOaE26ek="),
        ("A", "secret.client-key-for-its-secret", "AXlK/4viPvQggUuS5k7Icktvpww="),
        ("A", "key.encoded-again", "gZD5WW5yfolbWJQgauC+qhEXUNU="),
        ("A", "key.encoded-in-one-go", "kdw0vaL0A0b7I65yh3CFn+Nx5jY="),
        ("A", "encode-secret.twice", "ALNWFAysXOSukm0rG3B3BiehomM="),
        ("A", "mac.sha-256-for-sha-1", "Q0GDz+eLsSGhNtsh7R4Ae5D9WAwgLUcv7IfiPz6WM00="),
        ("A", "mac.key-and-text-hashed", "p0qSjcLtGP9wDzzKAWUHeKIm1hA="),
        ("A", "mac.text-hashed", "HxIwje4pAwUGvn7+Y4L8pTciKjM="),
        ("A", "mac.arguments-swapped", "2hoLaU/QgfwAOVhEdpVoFwYWTb8="),
        ("A", "text.hex", "495bded3e755f012702d743dc402d5289b0195b1"),
        ("A", "text.base64-of-hex", "NDk1YmRlZDNlNzU1ZjAxMjcwMmQ3NDNkYzQwMmQ1Mjg5YjAxOTViMQ=="),
        ("A", "text.base64url", "SVve0-dV8BJwLXQ9xALVKJsBlbE="),
        ("A", "text.unpadded", "SVve0+dV8BJwLXQ9xALVKJsBlbE"),
    ] {
        assert_eq!(probe(name).signature(&[id]), signature, "{id} on probe {name}");
    }
}

/// One departure that does the work of two.
#[test]
fn a_key_of_the_client_secret_alone_is_also_two_departures() {
    let two = probe("A").signature(&["secret.token-secret-left-out", "key.no-ampersand-without-token"]);
    assert_eq!(two, "bb7akzk1E0U4qKIyWSv9gByN5/Q=");
}

/// Of the long ones, the beginnings were written down.
#[test]
fn rsa_signatures_of_other_paddings_begin_as_computed() {
    for (id, beginning) in [
        ("rsa.sha-256-for-sha-1", "iI5WSokfMWqDkaN7"),
        ("rsa.bare-digest", "YWT/aSbVIjdXYbrZ"),
        ("rsa.digest-info-without-null", "KgmmNeWo9U00HSxC"),
        ("rsa.zero-padded", "OMGvqIuyoItQiFPJ"),
        ("rsa.unpadded", "chrDRnF3UfWflOeI"),
        ("rsa.pss-without-salt", "nh7xhqR4R6oRDf1w"),
        ("rsa.hmac-with-pem", "JUb1bm2ZXumtXoUPN9CUk3FeBg8="),
        ("rsa.hmac-with-raw-pem", "KX+31rbDtHbvhRxutn4NkaoIEfo="),
        ("rsa.hmac-with-secrets", "hgxVHNfO26kBUasqcKjvJ4wtAv8="),
    ] {
        let signature = probe("rsa").signature(&[id]);
        assert!(signature.starts_with(beginning), "{id}: {signature}");
    }
}

#[test]
fn plaintext_signatures_are_those_that_were_written_down() {
    for (id, signature) in [
        ("plaintext.encoded-again", "cs%2525%2526%26ts%2520~%25C3%25A9"),
        ("key.encoded-again", "cs%2525%2526%26ts%2520~%25C3%25A9"),
        ("plaintext.secrets-raw", "cs%&&ts ~é"),
        ("encode-secret.raw", "cs%&&ts ~é"),
        ("plaintext.base-string", "GET&https%3A%2F%2Fexample.com%2F&"),
    ] {
        assert_eq!(probe("plaintext").signature(&[id]), signature, "{id}");
    }
}
