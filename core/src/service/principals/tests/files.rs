//! What a principals file may say, and where its faults are.

use crate::service::principals::{Limits, Role, Roster, Scope, Scopes};

const HASH: &str = "3fba1a9a0d2d4d1a8f9a8e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b";

fn fault(text: &str) -> String {
    Roster::parse(text).unwrap_err().to_string()
}

#[test]
fn a_full_principal_is_read_whole() {
    let text = format!(
        r#"
        [store_groups]
        berlin = ["b-2", "b-1"]

        [principals."store/b-1"]
        role = "pos"
        stores = ["b-1", "kiosk"]
        store_group = "berlin"
        scopes = ["read", "offline"]
        key_space = "b-1"
        certificates = ["till.b-1.example"]
        tokens = [
            {{ id = "b-1", hash = "{HASH}" }},
            {{ id = "b-1-next", hash = "{HASH}", expires = 2027-01-01T00:00:00Z }},
        ]

        [principals."store/b-1".limits]
        points_per_operation = 1_000
        points_per_day = 20_000
        offline_floor = 0
        misses_per_minute = 10
        "#
    );
    let roster = Roster::parse(&text).unwrap();
    let till = roster.by_name("store/b-1").unwrap();
    assert_eq!(till.role, Role::Pos);
    assert_eq!(till.stores, ["b-1", "kiosk"]);
    assert_eq!(till.group, ["b-1", "b-2", "kiosk"]);
    assert_eq!(till.scopes, Scopes::of(&[Scope::Read, Scope::Offline]));
    assert_eq!(till.key_space, "b-1");
    let limits = Limits {
        points_per_operation: Some(1_000),
        points_per_day: Some(20_000),
        offline_floor: Some(0),
        misses_per_minute: Some(10),
    };
    assert_eq!(till.limits, limits);
    let certificate = roster.by_certificate(["till.b-1.example"]);
    assert_eq!(certificate.unwrap().name, "store/b-1");
}

#[test]
fn what_is_left_out_has_its_default() {
    let text = "[principals.a]\nrole = \"pos\"\n[principals.b]\nrole = \"operator\"";
    let roster = Roster::parse(text).unwrap();
    let (till, operator) = (roster.by_name("a").unwrap(), roster.by_name("b").unwrap());
    assert_eq!(till.key_space, "a");
    assert_eq!(till.scopes, Role::Pos.usual_scopes());
    assert!(till.stores.is_empty() && till.group.is_empty() && till.partner.is_empty());
    let limits = Limits {
        misses_per_minute: Some(60),
        ..Limits::default()
    };
    assert_eq!(till.limits, limits);
    assert_eq!(operator.limits, Limits::default());
}

#[test]
fn principals_of_one_kind_may_share_a_key_space() {
    let text = r#"
        [principals.a]
        role = "pos"
        key_space = "b"
        [principals.b]
        role = "pos"
    "#;
    let roster = Roster::parse(text).unwrap();
    assert!(roster.all().all(|principal| principal.key_space == "b"));
}

#[test]
fn faults_name_their_place_and_what_to_do() {
    let token = |id: &str| format!("{{ id = \"{id}\", hash = \"{HASH}\" }}");
    let cases: &[(&str, &str)] = &[
        (
            "[principals.a]\nrole = \"boss\"",
            "line 2, column 8: unknown variant `boss`",
        ),
        ("[principals.a]\nstores = [\"x\"]", "missing field `role`"),
        (
            "[principals.a]\nrole = \"pos\"\nstore = 1",
            "line 3, column 1: unknown field `store`",
        ),
        (
            "[principal.a]\nrole = \"pos\"",
            "line 1, column 2: unknown field `principal`",
        ),
        (
            "[principals.a]\nrole = \"pos\"\n[principals.a]\nrole = \"pos\"",
            "line 3, column 13",
        ),
        (
            "[principals.\"a b\"]\nrole = \"pos\"",
            "line 1, column 13: a principal's name has",
        ),
        (
            "[principals.a]\nrole = \"partner\"\nscopes = []",
            "line 1, column 13: \"a\" has the role partner",
        ),
        (
            "[principals.a]\nrole = \"partner\"\npartner = \"p\"",
            "a partner may do only what `scopes` name",
        ),
        (
            "[principals.a]\nrole = \"pos\"\npartner = \"p\"",
            "line 3, column 11: only the role partner",
        ),
        (
            "[principals.a]\nrole = \"pos\"\nstores = []",
            "line 3, column 10: name at least one store",
        ),
        (
            "[principals.a]\nrole = \"pos\"\nstores = [\"\"]",
            "line 3, column 11: a store has 1 to 64",
        ),
        (
            "[principals.a]\nrole = \"support\"\nstores = [\"x\"]",
            "line 3, column 10: stores are for the role pos",
        ),
        (
            "[principals.a]\nrole = \"pos\"\nstore_group = \"g\"",
            "line 3, column 15: a store group is for who",
        ),
        (
            "[principals.a]\nrole = \"pos\"\nstores = [\"x\"]\nstore_group = \"g\"",
            "line 4, column 15: there is no store group \"g\"",
        ),
        (
            "[principals.a]\nrole = \"pos\"\nscopes = [\"adjust\"]",
            "line 3, column 11: \"adjust\" is no scope",
        ),
        (
            "[principals.a]\nrole = \"auditor\"\nscopes = [\"earn\"]",
            "it can have read, totals, journal",
        ),
        (
            "[principals.a]\nrole = \"pos\"\nlimits = { points_per_day = -1 }",
            "line 3, column 29: this limit is a number from 0",
        ),
        (
            "[principals.a]\nrole = \"pos\"\nlimits = { misses_per_minute = 0 }",
            "a number from 1",
        ),
        (
            "[principals.a]\nrole = \"pos\"\nlimits = { points = 1 }",
            "unknown field `points`",
        ),
        (
            "[principals.a]\nrole = \"pos\"\nkey_space = \"\"",
            "line 3, column 13: a key space has",
        ),
        (
            "[principals.a]\nrole = \"pos\"\n[principals.b]\nrole = \"support\"\nkey_space = \"a\"",
            "line 5, column 13: \"a\" and \"b\" share the key space \"a\"",
        ),
        (
            "[principals.a]\nrole = \"pos\"\ncertificates = [\"x\", \"x\"]",
            "line 3, column 22: a certificate's name",
        ),
        (
            "[principals.a]\nrole = \"pos\"\ncertificates = [\"x\"]\n\
             [principals.b]\nrole = \"pos\"\ncertificates = [\"x\"]",
            "line 6, column 17: the certificate \"x\" already stands for \"a\"",
        ),
        (
            "[principals.a]\nrole = \"pos\"\ntokens = [{ id = \"a\", hash = \"12\" }]",
            "line 3, column 30: a hash has 64 hexadecimal digits",
        ),
        (
            "[principals.a]\nrole = \"pos\"\ntokens = [{ hash = \"12\" }]",
            "missing field `id`",
        ),
        ("not toml", "line 1"),
    ];
    for (text, expected) in cases {
        let told = fault(text);
        assert!(
            told.contains(expected),
            "{text}\n  {told}\n  lacks: {expected}"
        );
    }
    let of_tokens = [
        (vec![token("a_b")], "a token's id has 1 to 32"),
        (
            vec![token("a"), token("a")],
            "the token \"a\" is listed twice",
        ),
        (vec![token("a"), token("b"), token("c")], "it can have 2"),
        (
            vec![format!(
                "{{ id = \"a\", hash = \"{HASH}\", expires = 2027-01-01 }}"
            )],
            "2027-01-01 names no instant",
        ),
        (
            vec![format!(
                "{{ id = \"a\", hash = \"{HASH}\", expires = 2027-01-01T00:00:00 }}"
            )],
            "names no instant; write date, time and offset",
        ),
    ];
    for (tokens, expected) in of_tokens {
        let text = format!(
            "[principals.a]\nrole = \"pos\"\ntokens = [{}]",
            tokens.join(", ")
        );
        let told = fault(&text);
        assert!(
            told.starts_with("line 3, ") && told.contains(expected),
            "{told}"
        );
    }
}

#[test]
fn a_token_belongs_to_one_principal() {
    let text = format!(
        "[principals.a]\nrole = \"pos\"\ntokens = [{{ id = \"x\", hash = \"{HASH}\" }}]\n\
         [principals.b]\nrole = \"pos\"\ntokens = [{{ id = \"x\", hash = \"{HASH}\" }}]"
    );
    let told = fault(&text);
    assert!(told.contains("\"a\" has it too"), "{told}");
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let told = fault(&"#".repeat(5 << 20));
    assert!(told.contains("bytes, at most"), "{told}");
    let many: String = (0..=10_000)
        .map(|number| format!("[principals.p{number}]\nrole = \"pos\"\n"))
        .collect();
    assert!(fault(&many).contains("at most 10000 principals"));
}
