//! What becomes of the deviations of an answer: nothing but a note, a word to whoever watches, an error. It must not know
//! how they are found.

use std::fmt;
use std::sync::Arc;

use crate::json::Deviation;
use crate::operation::OperationInfo;

/// Is told of every deviation, with the operation that was answered.
pub(crate) type Hook = Arc<dyn Fn(&'static OperationInfo, &Deviation) + Send + Sync>;

/// Who watches over the answers of a client.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    /// Whether every deviation is an error.
    pub strict: bool,
    pub hook: Option<Hook>,
    /// The operation that is answered.
    pub operation: Option<&'static OperationInfo>,
}

impl Watch {
    /// Tells whoever watches.
    pub fn tell<'d>(&self, deviations: impl IntoIterator<Item = &'d Deviation>) {
        if let (Some(hook), Some(operation)) = (&self.hook, self.operation) {
            deviations.into_iter().for_each(|deviation| hook(operation, deviation));
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Watch").field("strict", &self.strict).finish_non_exhaustive()
    }
}
