extension LineJournal {
    /// Within ``exclusively(_:_:)``: replaces this journal with a new one made of the lines that `body` adds (it gets
    /// the old one and its reader), and has the reader read it from its first line. Durable on return; after a fault
    /// the old journal remains or, if only the folder could not be synced, the new one. Followers in other processes
    /// notice, and read it again.
    package mutating func rewrite<Reader: JournalReader>(
        _ reader: inout Reader, _ body: (inout JournalCopy, LineJournal, Reader) throws -> Void
    ) throws {
        let new = path + ".new"
        let copied: OpenFile
        do {
            // A leftover of a killed writer belongs to nobody: we hold the lock.
            do { try disk.remove(new) } catch { guard error.isMissing else { throw error } }
            var copy = JournalCopy(file: try disk.open(new, .makingNew, permissions: permissions), disk: disk)
            try copy.add(Array((format.header + "\n").utf8)[...])
            try body(&copy, self, reader)
            try copy.flush()
            try disk.sync(copy.file)
            try disk.rename(new, to: path)
            copied = copy.file
        } catch {
            try? disk.remove(new)
            throw error
        }
        try replaced(by: copied, &reader)
        try sync()
    }

    /// Gives `body` the bytes of every line but the header and the damaged ones, in order, each with its offset and
    /// without its line feed.
    package func eachLine(_ body: (UnsafeRawBufferPointer, Int) throws -> Void) throws {
        guard let file else { return }
        try withoutActuallyEscaping(body) { body in
            var copy = self
            copy.rewind()
            var reader = Passing(body: body)
            try copy.scanLines(of: file, &reader)
            if let fault = reader.fault { throw fault }
        }
    }

    private mutating func rewind() {
        (end, lineCount, damage) = (0, 0, [])
    }

    private struct Passing: JournalReader {
        let body: (UnsafeRawBufferPointer, Int) throws -> Void
        var fault: (any Error)?

        mutating func startAgain(size: Int) {}

        mutating func take(_ line: UnsafeRawBufferPointer, at offset: Int) -> Bool {
            guard fault == nil else { return true }
            do { try body(line, offset) } catch { fault = error }
            return true
        }
    }
}

/// A journal being rewritten, gathered into large writes.
package struct JournalCopy {
    let file: OpenFile
    let disk: any Disk
    private var buffer: [UInt8] = []
    private var end = 0

    private static let writeSize = 1 << 20

    init(file: OpenFile, disk: any Disk) { (self.file, self.disk) = (file, disk) }

    /// One line or more, each with its line feed.
    package mutating func add(_ lines: ArraySlice<UInt8>) throws(DiskFault) {
        buffer.append(contentsOf: lines)
        if buffer.count >= Self.writeSize { try flush() }
    }

    /// One line, without its line feed.
    package mutating func add(line: UnsafeRawBufferPointer) throws(DiskFault) {
        buffer.append(contentsOf: line)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.writeSize { try flush() }
    }

    mutating func flush() throws(DiskFault) {
        try disk.write(file, buffer, at: end)
        end += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
