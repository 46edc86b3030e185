//! The guide to the principals file: its example is read, its errors are the real ones.

use loyalty_ledger::service::principals::{Role, Roster};

const GUIDE: &str = include_str!("../../docs/principals.md");

/// The fenced blocks of the guide, each with the words after its fence.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let mut parts = GUIDE.split("```");
    let mut blocks = Vec::new();
    while let (Some(_prose), Some(block)) = (parts.next(), parts.next()) {
        blocks.push(block.split_once('\n').unwrap());
    }
    blocks
}

#[test]
fn the_example_is_a_principals_file_with_every_role() {
    let examples: Vec<_> = blocks()
        .into_iter()
        .filter(|(kind, _)| *kind == "toml")
        .collect();
    let [(_, text)] = examples[..] else {
        panic!("the guide has one example");
    };
    let roster = Roster::parse(text).unwrap();
    for role in Role::ALL {
        assert!(
            roster.all().any(|principal| principal.role == role),
            "{}",
            role.name()
        );
    }
    let till = roster.by_name("store12-till3").unwrap();
    assert_eq!(till.group, ["store12", "store14"]);
    assert_eq!(till.limits.offline_floor, Some(500));
    assert!(roster.by_certificate(["airline.example"]).is_ok());
}

#[test]
fn every_scope_and_role_has_its_row() {
    for role in Role::ALL {
        assert!(
            GUIDE.contains(&format!("\n| `{}` |", role.name())),
            "{}",
            role.name()
        );
    }
    for scope in loyalty_ledger::service::principals::Scope::ALL {
        let row = format!("\n| `{}` |", scope.name());
        let row = GUIDE.split_once(&row).unwrap_or_else(|| panic!("{row}")).1;
        let row = row.split_once('\n').unwrap().0;
        for role in Role::ALL {
            let told = row.contains(&format!("`{}`", role.name()));
            let possible = role.possible_scopes().has(*scope);
            assert_eq!(told, possible, "{} for {}", scope.name(), role.name());
        }
    }
}

#[test]
fn every_error_reads_as_shown() {
    let blocks = blocks();
    let shown: Vec<_> = blocks
        .windows(2)
        .filter(|pair| pair[0].0 == "toml error")
        .collect();
    assert_eq!(shown.len(), 2);
    for pair in shown {
        let error = Roster::parse(pair[0].1).unwrap_err();
        assert_eq!(pair[1], ("text", format!("{error}\n").as_str()));
    }
}
