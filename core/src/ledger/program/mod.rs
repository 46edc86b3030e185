//! temp
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {}
impl Program {
    pub fn from_bytes(_: &[u8]) -> Result<Program, String> {
        Ok(Program {})
    }
}
