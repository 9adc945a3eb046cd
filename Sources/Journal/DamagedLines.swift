import Foundation

/// Keeps the damaged lines of a journal for a person: a JSON line each, with its place and its bytes in base64, since
/// they may be anything.
struct DamagedLines {
    let path: String
    let permissions: UInt32
    let disk: any Disk

    /// Durable on return. A line is kept only once.
    func keep(_ lines: [(damage: JournalDamage, bytes: [UInt8])]) throws(DiskFault) {
        let old = try disk.content(of: path) ?? []
        let known = Set(old.split(separator: UInt8(ascii: "\n")))
        var new = JSONLine()
        for (damage, bytes) in lines {
            var one = JSONLine()
            one.line { line in
                line.field("line", damage.line)
                line.field("offset", damage.offset)
                line.field("bytes", plain: Data(bytes).base64EncodedString())
            }
            if !known.contains(one.bytes.dropLast()) { new.append(one) }
        }
        guard !new.bytes.isEmpty else { return }
        try JSONDocument(path, permissions: permissions, disk: disk).write(old + new.bytes)
    }
}
