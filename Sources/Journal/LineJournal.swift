import Glibc

/// An append-only file of JSON Lines that survives crashes, disk faults and power cuts.
///
/// The first line names the format and its version. Writers hold `NAME.lock`; with the lock they open the journal by
/// its path, cut a torn tail, catch up with others' lines, and append: write, sync, or cut back to the old length and
/// fail. Readers take no lock, never cut, and skip a last line without its line feed. A damaged line in the middle is
/// reported in ``damage``, and a writer keeps its bytes in `NAME.damaged`.
///
/// It is a value that follows one file; to share it between threads, put it into a `Mutex` together with its reader.
package struct LineJournal: Sendable {
    package let path: String
    package let format: JournalFormat
    /// The lines that could not be read, in order.
    package internal(set) var damage: [JournalDamage] = []
    /// The number of whole lines, damaged ones and the header among them.
    package internal(set) var lineCount = 0
    /// The offset after the last whole line that was read or written; 0 if there is no journal yet.
    package internal(set) var end = 0

    let disk: any Disk
    let permissions: UInt32
    private let lock: FileLock
    private var keptLock: FileLock.Kept?
    var file: OpenFile?
    var identity: FileIdentity?
    private var isWritable = false
    private var isHeld = false
    /// The file's status when it was last read to its end.
    private var seen: FileStatus?
    /// The last bytes before `end`: a follower notices by them that a line was taken back after it had read it.
    private var tail: [UInt8] = []
    /// The offset up to which it is known to survive a power cut.
    private var syncedTo = 0
    private var isFolderSynced = false
    private var poison: DiskFault?
    private var keptAside = 0

    /// Enough to hold a whole line, so that two different ends do not look alike.
    private static let tailLength = 1024

    /// Opens nothing yet. `permissions` are those of the journal, its lock and the file of damaged lines.
    package init(_ path: String, format: JournalFormat, permissions: UInt32, disk: any Disk) {
        (self.path, self.format, self.permissions, self.disk) = (path, format, permissions, disk)
        lock = FileLock(beside: path, permissions: permissions, disk: disk)
    }

    /// Gives the reader the lines written since the last time, by any process; without the lock. Cheap if there are
    /// none. Every call must pass the same reader.
    package mutating func catchUp(_ reader: inout some JournalReader) throws(JournalFault) {
        try recover(&reader)
        guard let status = try onDisk({ () throws(DiskFault) in try disk.status(at: path) }) else {
            if file != nil || end > 0 { forget(&reader, size: 0) }
            return
        }
        if file != nil, status == seen { return }
        if file == nil || status.identity != identity {
            try open(.reading, &reader)
        } else if try !isTailIntact() {
            forget(&reader, size: status.size, keepsOpen: true)
        }
        try scan(&reader)
        seen = status
    }

    /// Holds the lock while `body` runs; the reader has caught up before. Lines may be appended only within it. The
    /// journal is made if it is missing.
    @discardableResult
    package mutating func exclusively<Reader: JournalReader, Result>(
        _ reader: inout Reader, _ body: (inout LineJournal, inout Reader) throws -> Result
    ) throws -> Result {
        precondition(!isHeld, "a journal's lock is taken once")
        try recover(&reader)
        try holdLock()
        defer {
            isHeld = false
            lock.release(&keptLock)
        }
        try prepareToWrite(&reader)
        return try body(&self, &reader)
    }

    /// Appends whole lines, each with its line feed, within ``exclusively(_:_:)``: all of them or none. With `sync`
    /// they survive a power cut on return. The reader does not get them. Returns the offset of the first one.
    @discardableResult
    package mutating func append(_ lines: [UInt8], sync: Bool = true) throws(JournalFault) -> Int {
        precondition(isHeld, "lines are appended within exclusively")
        precondition(lines.last == UInt8(ascii: "\n"), "a line ends with a line feed")
        if let poison { throw .poisoned(path: path, by: poison) }
        guard let file else { preconditionFailure("a journal that is held is open") }
        let start = end
        do throws(DiskFault) {
            if sync { try syncFolder() }
            try disk.write(file, lines, at: start)
            if sync { try disk.sync(file) }
        } catch {
            cutBack(file, to: start)
            throw .disk(error)
        }
        end += lines.count
        if sync { syncedTo = end }
        lines.withUnsafeBytes { lineCount += countLines($0) }
        tail = Array((tail + lines.suffix(Self.tailLength)).suffix(Self.tailLength))
        return start
    }

    /// On return everything read or appended so far survives a power cut, whichever process wrote it.
    package mutating func sync() throws(JournalFault) {
        if let poison { throw .poisoned(path: path, by: poison) }
        guard let file, syncedTo < end || !isFolderSynced else { return }
        let upTo = end
        do throws(DiskFault) {
            try syncFolder()
            try disk.sync(file)
        } catch {
            // After a failed sync the kernel may mark pages clean that never reached the disk: nothing is certain any
            // more.
            poison = error
            throw .disk(error)
        }
        syncedTo = upTo
    }

    /// The line that begins at `offset`, as the reader got it; valid while `body` runs. Empty if there is none.
    package func withLine<Value: Sendable>(
        at offset: Int, _ body: (UnsafeRawBufferPointer) throws -> Value
    ) throws -> Value {
        guard let file else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        var room = Self.commonLine
        while true {
            let found = try withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { buffer -> Value? in
                let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(room, end - offset)])
                let count = try disk.read(file, into: wanted, at: offset)
                let bytes = UnsafeRawBufferPointer(rebasing: wanted[..<count])
                if let start = bytes.baseAddress, let feed = memchr(start, 10, count) {
                    return try body(UnsafeRawBufferPointer(rebasing: bytes[..<(UnsafeRawPointer(feed) - start)]))
                }
                return count < room ? try body(bytes) : nil
            }
            if let found { return found }
            room *= 8
        }
    }

    /// As ``withLine(at:_:)``, copied.
    package func line(at offset: Int) throws -> [UInt8] { try withLine(at: offset) { Array($0) } }

    /// Longer lines are read in two steps or more.
    private static let commonLine = 1024
}

// MARK: - Opening and preparing

extension LineJournal {
    func onDisk<Value>(_ verb: () throws(DiskFault) -> Value) throws(JournalFault) -> Value {
        do { return try verb() } catch { throw .disk(error) }
    }

    private mutating func holdLock() throws(JournalFault) {
        do { try lock.hold(by: &keptLock) } catch { throw .disk(error) }
        isHeld = true
    }

    /// After a poisoned write, everything is read again.
    private mutating func recover(_ reader: inout some JournalReader) throws(JournalFault) {
        guard poison != nil else { return }
        poison = nil
        forget(&reader, size: 0)
    }

    private mutating func forget(_ reader: inout some JournalReader, size: Int, keepsOpen: Bool = false) {
        if !keepsOpen { (file, identity, isWritable, isFolderSynced) = (nil, nil, false, false) }
        (end, lineCount, syncedTo, keptAside, seen) = (0, 0, 0, 0, nil)
        (tail, damage) = ([], [])
        reader.startAgain(size: size)
    }

    /// Opens by path. If it is the file that was open before, lines already read stay read.
    private mutating func open(_ access: FileAccess, _ reader: inout some JournalReader) throws(JournalFault) {
        let (opened, status) = try onDisk { () throws(DiskFault) in
            let opened = try disk.open(path, access, permissions: permissions)
            return (opened, try disk.status(of: opened))
        }
        if status.identity != identity { forget(&reader, size: status.size) }
        (file, identity) = (opened, status.identity)
        if case .making = access { isWritable = true } else { isWritable = false }
    }

    private mutating func prepareToWrite(_ reader: inout some JournalReader) throws(JournalFault) {
        let status = try onDisk { () throws(DiskFault) in try disk.status(at: path) }
        let isOpen = isWritable && status != nil && status?.identity == identity
        if !isOpen { try open(.making, &reader) }
        guard let file else { preconditionFailure("it has just been opened") }
        if try !isTailIntact() { forget(&reader, size: status?.size ?? 0, keepsOpen: true) }
        // While the lock is held nobody appends to it.
        if !isOpen || status?.size ?? 0 > end {
            try scan(&reader)
            let size = try onDisk { () throws(DiskFault) in try disk.status(of: file).size }
            if size > end { try onDisk { () throws(DiskFault) in try disk.truncate(file, to: end) } }
        }
        if end == 0 { try append(Array((format.header + "\n").utf8)) }
        try keepDamageAside()
    }

    private mutating func syncFolder() throws(DiskFault) {
        guard !isFolderSynced else { return }
        try disk.syncFolder(disk.folder(of: path))
        isFolderSynced = true
    }

    private mutating func cutBack(_ file: OpenFile, to size: Int) {
        do {
            try disk.truncate(file, to: size)
        } catch {
            poison = error
        }
    }

    private func isTailIntact() throws(JournalFault) -> Bool {
        guard let file, !tail.isEmpty else { return true }
        return try onDisk { () throws(DiskFault) in
            try disk.bytes(of: file, at: end - tail.count, count: tail.count) == tail
        }
    }

    private mutating func scan(_ reader: inout some JournalReader) throws(JournalFault) {
        guard let file else { return }
        let before = end
        try scanLines(of: file, &reader)
        guard end > before else { return }
        tail = try onDisk { () throws(DiskFault) in
            let count = min(end, Self.tailLength)
            return try disk.bytes(of: file, at: end - count, count: count)
        }
    }

    /// Writes one line to `NAME.damaged` for each damaged line.
    private mutating func keepDamageAside() throws(JournalFault) {
        guard let file, keptAside < damage.count else { return }
        let store = DamagedLines(path: path + ".damaged", permissions: permissions, disk: disk)
        var kept: [(JournalDamage, [UInt8])] = []
        for one in damage[keptAside...] {
            let bytes = try onDisk { () throws(DiskFault) in
                try disk.bytes(of: file, at: one.offset, count: one.length)
            }
            kept.append((one, bytes))
        }
        try onDisk { () throws(DiskFault) in try store.keep(kept) }
        keptAside = damage.count
    }

    /// The journal at the path is now another file, to be read from its first line.
    mutating func replaced(by new: OpenFile, _ reader: inout some JournalReader) throws(JournalFault) {
        forget(&reader, size: 0)
        try open(.making, &reader)
        try scan(&reader)
        (syncedTo, isFolderSynced) = (end, false)
        withExtendedLifetime(new) {}
    }
}
