//! The proof: cases made from the document, sent by the generated client to the generated server, judged by an oracle
//! that shares no code with `lower`, `emit` or the runtime.

mod oracle;
mod process;
mod proxy;
