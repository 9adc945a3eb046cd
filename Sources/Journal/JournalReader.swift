/// Follows a journal: takes each line once, in order.
package protocol JournalReader {
    /// The journal is read from its first line: forget everything taken before. Also called before the very first line,
    /// with the size of the file in bytes.
    mutating func startAgain(size: Int)
    /// One line, without its line feed, valid during the call only, and its offset in the file. False if it cannot be
    /// read: it is then reported as damage.
    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool
}

/// A reader that gathers the values that a function makes of the lines.
package struct JournalValues<Value: Sendable>: JournalReader, Sendable {
    package private(set) var values: [Value] = []
    private let read: @Sendable (UnsafeRawBufferPointer) -> Value?

    /// `read` returns nil for a line that cannot be read.
    package init(_ read: @escaping @Sendable (UnsafeRawBufferPointer) -> Value?) { self.read = read }

    package mutating func startAgain(size: Int) { values = [] }

    package mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        guard let value = read(line) else { return false }
        values.append(value)
        return true
    }
}
