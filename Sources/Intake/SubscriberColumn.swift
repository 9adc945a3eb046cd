import Basics
import Bulletin

/// The known columns of a file of subscribers, by the names that `subscribers export` gives them.
package enum SubscriberColumn: String, CaseIterable, Sendable {
    case id, address, phone, post, name, status, format, medium
    case since = "statusSince"
    case reason, pausedUntil
    case basis = "consent.basis"
    case how = "consent.how"
    case when = "consent.when"
    case wording = "consent.wording"
    case by = "consent.by"

    /// Headings of these columns in other systems, small letters and digits only.
    private var synonyms: [String] {
        switch self {
        case .id: []
        case .address: ["email", "emailaddress", "mail", "mailaddress"]
        case .phone: ["telephone", "tel", "mobile", "phonenumber", "telephonenumber", "mobilenumber"]
        case .post: ["postaladdress", "postal", "letter"]
        case .name: ["fullname", "contactname"]
        case .status, .format, .medium, .since, .reason, .pausedUntil: []
        case .basis: ["basis"]
        case .how: ["how"]
        case .when: ["when", "consentdate"]
        case .wording: ["wording", "consenttext"]
        case .by: ["by", "recordedby"]
        }
    }

    private static let byName: [String: SubscriberColumn] = {
        var byName: [String: SubscriberColumn] = [:]
        for column in allCases {
            byName[folded(column.rawValue)] = column
            for synonym in column.synonyms { byName[synonym] = column }
        }
        return byName
    }()

    static func folded(_ heading: String) -> String {
        String(heading.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
    }

    /// A column that is none of these, and says how people stand.
    struct Mark: Hashable {
        let heading: String
        let place: Int
        let mark: StatusMark
    }

    /// The places of the columns in a file with that header, and remarks on those that are ignored.
    ///
    /// Throws where the header names nothing to reach people by, or a column twice, and where a column may say who left
    /// and cannot be taken at its word.
    static func places(in header: [String], line: Int) throws(Problems) -> (
        places: [SubscriberColumn: Int], marks: [Mark], notes: [Problem]
    ) {
        var places: [SubscriberColumn: Int] = [:]
        var marks: [Mark] = []
        var notes: [Problem] = []
        let folds = header.map(folded)
        // Beside a column for mail, one that is headed "address" is for letters.
        let addressIsPostal = folds.contains { $0 != "address" && byName[$0] == .address }
        for (index, fold) in folds.enumerated() {
            var column = byName[fold]
            if fold == "address", addressIsPostal { column = .post }
            guard let column else {
                if let mark = StatusMark(folded: fold) {
                    guard mark != .doubtful else {
                        throw Problems([
                            Problem(
                                field: shortened(header[index]),
                                message:
                                    "this column may say who left, and nobody who left may be added again; name it "
                                    + "unsubscribed, with yes or no in each row, or remove it if it says something else",
                                line: line)
                        ])
                    }
                    marks.append(Mark(heading: shortened(header[index]), place: index, mark: mark))
                } else if !fold.isEmpty {
                    notes.append(
                        Problem(
                            field: shortened(header[index]), message: "this column is unknown and was ignored",
                            severity: .warning, line: line))
                }
                continue
            }
            guard places.updateValue(index, forKey: column) == nil else {
                throw Problems([
                    Problem(
                        field: shortened(header[index]), message: "a second column for the same; keep one of them",
                        line: line)
                ])
            }
        }
        guard places[.address] != nil || places[.phone] != nil || places[.post] != nil || places[.id] != nil else {
            let isPerson = header.contains { $0.contains("@") }
            throw Problems([
                Problem(
                    field: "",
                    message: isPerson
                        ? "the first line is a person, not a header; put a line above it that names the columns, such as "
                            + "email,name"
                        : "the header names none of email, phone, post; name the columns in the first line, such as "
                            + "email,name", line: line)
            ])
        }
        return (places, marks, notes)
    }
}
