//! The guide to the program file: its examples are read, its errors are the real ones.

use loyalty_ledger::ledger::program::{Program, ProgramError};

const GUIDE: &str = include_str!("../../docs/program.md");

/// The fenced blocks of the guide, each with the words after its fence.
fn blocks() -> Vec<(&'static str, &'static str)> {
    let mut parts = GUIDE.split("```");
    let mut blocks = Vec::new();
    while let (Some(_prose), Some(block)) = (parts.next(), parts.next()) {
        blocks.push(block.split_once('\n').unwrap());
    }
    blocks
}

fn programs() -> Vec<Result<Program, ProgramError>> {
    let examples = blocks().into_iter().filter(|(kind, _)| *kind == "toml");
    examples.map(|(_, text)| Program::parse(text)).collect()
}

#[test]
fn every_example_is_a_program_and_the_first_is_the_default() {
    let programs = programs();
    assert_eq!(programs.len(), 3);
    assert_eq!(programs[0], Ok(Program::default()));
    let shop = programs[1].as_ref().unwrap();
    assert_eq!(shop.currency("status"), Some(1));
    assert_eq!(shop.earning.award(3_690), Some(55));
    let referrals = &programs[2].as_ref().unwrap().referrals;
    let names: Vec<_> = referrals.iter().map(|rules| rules.name.as_str()).collect();
    assert_eq!(names, ["friends", "uplines"]);
    assert_eq!(referrals[1].levels, [500, 200, 100]);
}

#[test]
fn every_error_reads_as_shown() {
    let blocks = blocks();
    let shown: Vec<_> = blocks
        .windows(2)
        .filter(|pair| pair[0].0 == "toml error")
        .collect();
    assert_eq!(shown.len(), 4);
    for pair in shown {
        let [(_, text), (kind, message)] = pair else {
            panic!("a pair has two blocks");
        };
        assert_eq!(*kind, "text");
        let error = Program::parse(text).unwrap_err();
        assert_eq!(error.to_string(), message.trim_end());
    }
}
