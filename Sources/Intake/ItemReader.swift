package import Bulletin

/// Reads what an editor writes, Markdown with front matter or JSON (DESIGN section 7), into an ``ItemDraft``.
package enum ItemReader {
    /// The most bytes that an item's file may have.
    package static let mostBytes = 1_000_000

    /// The draft that `bytes` hold. JSON is known by `{` as its first character that is not blank.
    ///
    /// Throws: Everything that is wrong with the form; what is wrong with the item itself is said by
    ///   ``ItemDraft/item(id:uid:kind:now:by:defaultZone:source:)``.
    package static func read(_ bytes: [UInt8]) throws(Problems) -> ItemDraft {
        ItemDraft()
    }
}
