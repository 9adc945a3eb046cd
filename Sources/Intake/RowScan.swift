/// Finds one row in bytes that may not hold the whole of it yet.
struct RowScan {
    enum Result {
        case end
        case unfinished
        case blank(next: Int)
        case row([String], next: Int, lines: Int)
        case bad([String], String, next: Int, lines: Int)
        case tooLong
    }

    let bytes: UnsafeBufferPointer<UInt8>
    var at: Int
    let isComplete: Bool
    let separator: UInt8
    private let start: Int
    private var fields: [String] = []
    private var lines = 0
    private var isLegible = true
    private(set) var result = Result.unfinished

    init(bytes: UnsafeBufferPointer<UInt8>, at: Int, isComplete: Bool, separator: UInt8) {
        (self.bytes, self.at, self.isComplete, self.separator) = (bytes, at, isComplete, separator)
        start = at
    }

    mutating func run() {
        guard at < bytes.count else {
            result = isComplete ? .end : .unfinished
            return
        }
        while true {
            let isWhole = bytes[safe: at] == UInt8(ascii: "\"") ? quotedField() : plainField()
            guard isWhole else { return }
            if at - start > CSVReader.mostBytesOfRow || fields.count > CSVReader.mostFields {
                result = .tooLong
                return
            }
            if at == bytes.count { return finish(next: at) }
            if bytes[at] == separator {
                at += 1
                continue
            }
            guard let next = lineEnd(at) else { return }
            return finish(next: next)
        }
    }

    private mutating func finish(next: Int) {
        if fields == [""], next - start <= 2 {
            result = .blank(next: next)
        } else if isLegible {
            result = .row(fields, next: next, lines: lines + 1)
        } else {
            result = .bad(
                fields, "is not UTF-8; save the file as UTF-8 and import it again", next: next, lines: lines + 1)
        }
    }

    /// The byte after the line end at `index`; nil (the result set) where the next byte decides and is not there yet.
    private mutating func lineEnd(_ index: Int) -> Int? {
        guard bytes[index] == 0x0D else { return index + 1 }
        if index + 1 < bytes.count { return bytes[index + 1] == 0x0A ? index + 2 : index + 1 }
        if isComplete { return index + 1 }
        result = .unfinished
        return nil
    }

    /// Reads up to a separator or line end; false where the row is settled or unfinished.
    private mutating func plainField() -> Bool {
        let first = at
        while at < bytes.count {
            let byte = bytes[at]
            if byte == separator || byte == 0x0A || byte == 0x0D { break }
            at += 1
        }
        if at == bytes.count, !isComplete {
            result = at - start > CSVReader.mostBytesOfRow ? .tooLong : .unfinished
            return false
        }
        append(UnsafeBufferPointer(rebasing: bytes[first..<at]))
        return true
    }

    /// Reads from one quotation mark to the other; false where the row is settled or unfinished.
    private mutating func quotedField() -> Bool {
        let first = at + 1
        var doubled = false
        var newLines = 0
        at = first
        while at < bytes.count {
            let byte = bytes[at]
            if byte == UInt8(ascii: "\"") {
                guard at + 1 < bytes.count else {
                    if isComplete { break }
                    result = .unfinished
                    return false
                }
                guard bytes[at + 1] == byte else { break }
                doubled = true
                at += 1
            } else if byte == 0x0A || (byte == 0x0D && bytes[safe: at + 1] != 0x0A) {
                newLines += 1
                if newLines > CSVReader.mostLinesOfField { return leftOpen() }
            }
            if at - start > CSVReader.mostBytesOfRow { return leftOpen() }
            at += 1
        }
        guard at < bytes.count else {
            if isComplete { return leftOpen() }
            result = .unfinished
            return false
        }
        let content = UnsafeBufferPointer(rebasing: bytes[first..<at])
        at += 1
        if at < bytes.count, bytes[at] != separator, bytes[at] != 0x0A, bytes[at] != 0x0D {
            return broken("has text after a closing quotation mark; double the quotation marks within a value")
        }
        if at == bytes.count, !isComplete {
            result = .unfinished
            return false
        }
        lines += newLines
        if doubled {
            var text: [UInt8] = []
            text.reserveCapacity(content.count)
            var isSecond = false
            for byte in content {
                isSecond = byte == UInt8(ascii: "\"") && !isSecond
                if !isSecond { text.append(byte) }
            }
            text.withUnsafeBufferPointer { append($0) }
        } else {
            append(content)
        }
        return true
    }

    private mutating func append(_ content: UnsafeBufferPointer<UInt8>) {
        if let text = String(validating: content, as: UTF8.self) {
            fields.append(text)
        } else {
            isLegible = false
            fields.append(String(decoding: content, as: UTF8.self))
        }
    }

    private mutating func leftOpen() -> Bool {
        broken("has an opening quotation mark without a closing one; add it")
    }

    /// Rejects the row up to its first line end: a stray quotation mark must not swallow the rows after it.
    private mutating func broken(_ fault: String) -> Bool {
        let end = bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
        let next = end == bytes.count ? end : (lineEnd(end) ?? end)
        let raw = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
        result = .bad([raw], fault, next: next, lines: 1)
        return false
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate subscript(safe index: Int) -> UInt8? { index < count ? self[index] : nil }
}
