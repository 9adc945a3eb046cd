package import Basics
package import Bulletin

/// The result of an operation on an item, and when readers will see it.
package struct ItemChange: Sendable {
    /// As it is now; as it was, where it was removed.
    package let item: Item
    /// False where it was so already, and nothing was written.
    package let isChanged: Bool
    /// Warnings for the editor: the item is queued all the same.
    package let warnings: [Problem]
    /// The issue that will hold it, or why none will; where it was removed, the one that would have.
    package let prospect: ItemSelection.Prospect
    /// The last issue that told its readers something else.
    package let contradicts: IssueNumber?
    /// The closed issues that are printed again.
    package let reprints: [Reprint]
}
