import Journal

/// Gathers lines as text, for any journal.
struct Lines: JournalReader {
    var texts: [String] = []
    var offsets: [Int] = []
    var starts = 0
    /// A line with this in it cannot be read.
    var illegible: String?

    mutating func startAgain(size: Int) {
        starts += 1
        (texts, offsets) = ([], [])
    }

    mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        let text = String(decoding: line, as: UTF8.self)
        if let illegible, text.contains(illegible) { return false }
        texts.append(text)
        offsets.append(offset)
        return true
    }
}

let format = JournalFormat("test", version: 1)

func journal(_ path: String, on disk: any Disk = SystemDisk()) -> LineJournal {
    LineJournal(path, format: format, permissions: 0o640, disk: disk)
}

func bytes(_ texts: [String]) -> [UInt8] { Array(texts.map { $0 + "\n" }.joined().utf8) }

/// Writes bytes into a file without any care.
func plant(_ content: [UInt8], at path: String) throws {
    let file = try SystemDisk().open(path, .making, permissions: 0o640)
    try SystemDisk().truncate(file, to: 0)
    try SystemDisk().write(file, content, at: 0)
}

func content(_ path: String) throws -> [UInt8] { try SystemDisk().content(of: path) ?? [] }

/// Every line, as a new reader finds them.
func lines(in path: String, on disk: any Disk = SystemDisk()) throws -> [String] {
    var reader = Lines()
    var journal = journal(path, on: disk)
    try journal.catchUp(&reader)
    return reader.texts
}

extension LineJournal {
    /// Appends, and has the reader take the lines too, like a store that keeps them in memory.
    mutating func add(_ texts: [String], _ reader: inout Lines, sync: Bool = true) throws {
        try exclusively(&reader) { journal, reader in
            var offset = try journal.append(bytes(texts), sync: sync)
            for text in texts {
                reader.texts.append(text)
                reader.offsets.append(offset)
                offset += text.utf8.count + 1
            }
        }
    }
}
