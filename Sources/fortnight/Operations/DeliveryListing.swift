import Basics
import Bulletin
import Foundation
import Journal
import Records

/// The subscribers whose delivery stands in one state, line by line: a million of them cost little memory.
struct DeliveryListing {
    private let keeper: SubscriberListAccess
    private let json: Bool

    init(_ keeper: SubscriberListAccess, json: Bool) { (self.keeper, self.json) = (keeper, json) }

    func list(_ state: DeliveryState, _ mailing: Mailing) throws {
        let folder = keeper.place.folder
        var page = Page()
        if state == .owed {
            guard let time = try folder.ledger(mailing).audienceTime() else { return }
            let audience = try keeper.subscriberList.audience(at: time)
            try folder.owedPositions(mailing, in: audience) { positions, isOwed in
                for (person, isOwed) in zip(try keeper.subscriberList.subscribers(positions, of: audience), isOwed)
                where isOwed {
                    guard let person else { continue }
                    let line = DeliveryLine(id: person.id, state: .owed, at: time, reply: Reply(code: 0, text: ""))
                    write(line, address: person.address?.wire, to: &page)
                }
            }
        } else {
            try folder.deliveryLines(mailing, in: state) { line in
                write(line, address: try keeper.subscriberList.subscriber(line.id)?.address?.wire, to: &page)
            }
        }
        page.flush()
    }

    private func write(_ line: DeliveryLine, address: String?, to page: inout Page) {
        if json {
            page.json { box in
                box.field("id", line.id.description)
                box.nullable("address", address)
                box.field("state", line.state.rawValue)
                box.field("code", line.reply.code)
                box.nullable("enhanced", line.reply.enhanced?.description)
                box.field("text", line.reply.text)
                box.field("at", line.at.rfc3339(in: keeper.place.zone))
            }
        } else {
            let code = [line.reply.code == 0 ? nil : "\(line.reply.code)", line.reply.enhanced?.description]
                .compactMap { $0 }.joined(separator: " ")
            page.row([
                LocalDateTime(line.at, in: keeper.place.zone).description, line.state.rawValue, code,
                Terminal.safe(address ?? line.id.description), Terminal.safe(line.reply.text),
            ])
        }
    }
}

/// Lines on their way to standard output, written by the block.
private struct Page {
    private static let block = 64 * 1024
    private static let widths = [19, 9, 10, 36]

    private var lines = JSONLine(reserving: Page.block + 4096)
    private var text: [UInt8] = []
    private var hasHead = false

    mutating func json(_ fields: (inout JSONLine) -> Void) {
        lines.line(fields)
        if lines.bytes.count >= Self.block { flush() }
    }

    mutating func row(_ cells: [String]) {
        if !hasHead {
            hasHead = true
            append(["when", "state", "code", "address", "what the relay said"])
        }
        append(cells)
        if text.count >= Self.block { flush() }
    }

    private mutating func append(_ cells: [String]) {
        for (index, cell) in cells.enumerated() {
            text.append(contentsOf: cell.utf8)
            guard index < Self.widths.count else { continue }
            text.append(
                contentsOf: repeatElement(UInt8(ascii: " "), count: max(0, Self.widths[index] - cell.count) + 2))
        }
        while text.last == UInt8(ascii: " ") { text.removeLast() }
        text.append(UInt8(ascii: "\n"))
    }

    mutating func flush() {
        FileHandle.standardOutput.write(Data(lines.bytes + text))
        lines.removeAll()
        text.removeAll(keepingCapacity: true)
    }
}
