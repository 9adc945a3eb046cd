import Bulletin

/// Bytes to send: commands in one piece, bodies separately, so that they are copied only once, into the connection's
/// buffer.
struct Output {
    private var pieces: [[UInt8]] = []
    /// The last piece, while commands are still being added to it.
    private var open: [UInt8] = []
    /// The number of bytes taken from the first piece.
    private var given = 0
    /// All bytes that were ever added.
    private(set) var total = 0

    var isEmpty: Bool { pieces.isEmpty && given == open.count }

    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { open.append(contentsOf: $0) }
        total += text.utf8CodeUnitCount
    }

    mutating func append(_ text: String) {
        open.append(contentsOf: text.utf8)
        total += text.utf8.count
    }

    mutating func append(_ address: EmailAddress) {
        append(address.local)
        append("@" as StaticString)
        append(address.domain)
    }

    mutating func append(body: [UInt8]) {
        close()
        pieces.append(body)
        total += body.count
    }

    /// Moves as many bytes as there are and fit.
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        while let piece = pieces.first {
            filled += copy(piece, to: buffer, at: filled)
            guard given == piece.count else { return filled }
            pieces.removeFirst()
            given = 0
        }
        filled += copy(open, to: buffer, at: filled)
        if given == open.count {
            open.removeAll(keepingCapacity: true)
            given = 0
        }
        return filled
    }

    private mutating func close() {
        guard !open.isEmpty else { return }
        pieces.append(open)
        open = []
    }

    private mutating func copy(_ piece: [UInt8], to buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        let count = min(piece.count - given, buffer.count - offset)
        guard count > 0 else { return 0 }
        piece.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: buffer[offset...])
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[given..<given + count]))
        }
        given += count
        return count
    }
}
