import Bulletin

/// A placeholder for a reader's own part of a message.
enum Placeholder: Hashable, Sendable {
    /// The name and address of To, from the column after `To: `.
    case recipient
    /// The subscriber's id, within Message-ID.
    case id
    /// The token of the unsubscribe page: of one width for every reader, because it is within quoted-printable lines.
    case leave
    /// The address for unsubscribing by mail.
    case leavingAddress
}

/// A message with placeholders: its bytes once, and the places of the placeholders among them.
struct TemplateBytes: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var slots: [(slot: Placeholder, at: Int)] = []

    init() {}

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func write(_ new: some Sequence<UInt8>) { bytes += new }

    mutating func leave(_ slot: Placeholder) { slots.append((slot, bytes.count)) }

    mutating func write(_ other: TemplateBytes) {
        slots += other.slots.map { ($0.slot, $0.at + bytes.count) }
        bytes += other.bytes
    }

    /// The bytes before that place, and those from it on.
    func parted(at place: Int) -> (TemplateBytes, TemplateBytes) {
        var first = TemplateBytes(Array(bytes[..<place]))
        first.slots = slots.filter { $0.at < place }
        return (first, dropping(place))
    }

    /// The bytes from that place on.
    func dropping(_ count: Int) -> TemplateBytes {
        var rest = TemplateBytes(Array(bytes[count...]))
        rest.slots = slots.filter { $0.at >= count }.map { ($0.slot, $0.at - count) }
        return rest
    }

    /// The bytes with every placeholder filled, after `top`: copied in runs into one array of the right length.
    func filled(after top: [UInt8] = [], _ text: (Placeholder) -> [UInt8]) -> [UInt8] {
        let fillings = slots.map { text($0.slot) }
        let total = fillings.reduce(top.count + bytes.count) { $0 + $1.count }
        return [UInt8](unsafeUninitializedCapacity: total) { whole, count in
            bytes.withUnsafeBytes { source in
                let target = UnsafeMutableRawBufferPointer(whole)
                target.copyBytes(from: top)
                count = top.count
                var from = 0
                for (index, filling) in fillings.enumerated() {
                    let run = source[from..<slots[index].at]
                    UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: run))
                    count += run.count
                    UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyBytes(from: filling)
                    count += filling.count
                    from = slots[index].at
                }
                UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: source[from...]))
            }
            count = total
        }
    }
}
