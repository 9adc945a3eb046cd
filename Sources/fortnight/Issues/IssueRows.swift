import Basics
import Bulletin
import Foundation
import Planning

/// An issue in the JSON of `issues` and of the summary.
struct IssueRow: Encodable {
    let number: Int
    let state: String
    let reason: String?
    let closes: String
    let sends: String
    let items: [ItemID]

    init(_ row: IssueForecast.Row, zone: TimeZone) {
        (number, state, reason) = (row.number.value, row.state.rawValue, row.reason)
        (closes, sends) = (row.closes.rfc3339(in: zone), row.sends.rfc3339(in: zone))
        items = row.items.map(\.id)
    }
}

/// An issue in the JSON of `issue show`.
struct IssueDetailRow: Encodable {
    let number: Int
    let state: String
    let reason: String?
    let closes: String
    let sends: String
    let items: [Chosen]
    let leftOut: [Left]
    let corrections: [Corrected]

    struct Chosen: Encodable {
        let id: ItemID
        let kind: Item.Kind
        let title: String
    }

    struct Left: Encodable {
        let id: ItemID
        let title: String
        let reason: String
    }

    struct Corrected: Encodable {
        let number: Int
        let state: String
        let reason: String?
        let item: ItemID?
        let text: String
        let at: String
        let by: String
    }

    init(
        _ row: IssueForecast.Row, _ corrections: [(correction: Correction, status: IssueStatus)], zone: TimeZone
    ) {
        (number, state, reason) = (row.number.value, row.state.rawValue, row.reason)
        (closes, sends) = (row.closes.rfc3339(in: zone), row.sends.rfc3339(in: zone))
        items = row.items.map { Chosen(id: $0.id, kind: $0.kind, title: $0.title) }
        leftOut = row.leftOut.map { Left(id: $0.id, title: $0.title, reason: $0.reason) }
        self.corrections = corrections.map { correction, status in
            Corrected(
                number: correction.number, state: status.state.rawValue, reason: status.reason,
                item: correction.item?.id, text: correction.text, at: correction.at.rfc3339(in: zone), by: correction.by
            )
        }
    }
}
