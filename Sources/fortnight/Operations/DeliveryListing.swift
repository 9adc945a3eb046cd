import Basics
import Bulletin
import Foundation
import Records

/// Lists the subscribers whose delivery is in one state, line by line, so that a million of them cost little memory.
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
                    try write(line, address: person.address?.wire, to: &page)
                }
            }
        } else {
            try folder.deliveryLines(mailing, in: state) { line in
                try write(line, address: keeper.subscriberList.subscriber(line.id)?.address?.wire, to: &page)
            }
        }
        page.flush()
    }

    private func write(_ line: DeliveryLine, address: String?, to page: inout Page) throws {
        if json {
            try page.json(
                DeliveryRow(
                    id: line.id.description, address: address, state: line.state.rawValue, code: line.reply.code,
                    enhanced: line.reply.enhanced?.description, text: line.reply.text,
                    at: line.at.rfc3339(in: keeper.place.zone)))
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

/// A delivery in JSON.
private struct DeliveryRow: Encodable {
    let id: String
    @Nullable var address: String?
    let state: String
    let code: Int
    @Nullable var enhanced: String?
    let text: String
    let at: String
}

/// Lines on their way to standard output, written in blocks.
private struct Page {
    private static let block = 64 * 1024
    private static let widths = [19, 9, 10, 36]

    private var text: [UInt8] = []
    private var hasHead = false

    mutating func json(_ row: some Encodable) throws {
        text.append(contentsOf: try JSONRow(row).text.utf8)
        text.append(UInt8(ascii: "\n"))
        if text.count >= Self.block { flush() }
    }

    mutating func row(_ cells: [String]) {
        if !hasHead {
            hasHead = true
            append(["when", "state", "code", "address", "answer of the relay"])
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
        FileHandle.standardOutput.write(Data(text))
        text.removeAll(keepingCapacity: true)
    }
}
