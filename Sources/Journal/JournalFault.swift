/// Why a journal could not be read or written.
package enum JournalFault: Error, Hashable, Sendable, CustomStringConvertible {
    case disk(DiskFault)
    /// The first line is not a header of this format.
    case notThisFormat(path: String, wanted: JournalFormat)
    case unknownVersion(path: String, found: Int, known: JournalFormat)
    /// A write failed and could not be undone: the end of the file is uncertain until it is read again.
    case poisoned(path: String, by: DiskFault)

    package var description: String {
        switch self {
        case .disk(let fault): fault.description
        case .notThisFormat(let path, let wanted):
            "\(path) does not begin with the line \(wanted.header): it is another kind of file, or its first line is "
                + "damaged; restore it from a backup"
        case .unknownVersion(let path, let found, let known):
            "\(path) is written in version \(found) of \(known.name), and this program knows version \(known.version): "
                + "use the newer program"
        case .poisoned(let path, let fault):
            "a failed write to \(path) could not be undone (\(fault)): once the disk is repaired, it is read again"
        }
    }
}

/// The first line of a journal: its kind and its version.
package struct JournalFormat: Hashable, Sendable {
    package let name: String
    package let version: Int

    package init(_ name: String, version: Int) { (self.name, self.version) = (name, version) }

    /// `{"format":"fortnight-roll","version":1}`
    package var header: String { #"{"format":"\#(name)","version":\#(version)}"# }
}

/// A whole line that could not be read; never a last one without its line feed, which was never acknowledged.
package struct JournalDamage: Hashable, Sendable, CustomStringConvertible {
    package let path: String
    /// Counted from 1, the header's line.
    package let line: Int
    /// The offset of the line, in bytes from the start of the file.
    package let offset: Int
    /// In bytes, without the line feed.
    package let length: Int

    package var description: String {
        "\(path), line \(line) (bytes \(offset) to \(offset + length)) is damaged and was left out"
    }
}
