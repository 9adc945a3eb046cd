package import Basics

/// One field of an item as people enter it: its key in the file, which is also the command-line option, its description
/// in one line, and its place in ``Item``. Files, options, their help and the rules all use this one table.
package struct ItemField: Sendable {
    /// The kind of value.
    package enum Form: Sendable {
        case kind
        /// Text on one line.
        case line(any WritableKeyPath<Item, String?> & Sendable)
        /// Text of one or more lines.
        case paragraphs(any WritableKeyPath<Item, String?> & Sendable)
        case time(any WritableKeyPath<Item, LocalDateTime?> & Sendable)
        case day(any WritableKeyPath<Item, LocalDate?> & Sendable)
        case number(any WritableKeyPath<Item, Int> & Sendable, ClosedRange<Int>)
        /// A list of texts on one line each.
        case list(any WritableKeyPath<Item, [String]> & Sendable)
        case repetition
    }

    /// The key, dotted where nested: `takingPart.phone`.
    package let name: String
    /// Its description, in one line.
    package let doc: String
    package let form: Form
    /// The most characters that a text may have.
    package let most: Int

    private init(_ name: String, _ form: Form, most: Int = 300, _ doc: String) {
        (self.name, self.form, self.most, self.doc) = (name, form, most, doc)
    }

    package static func named(_ name: String) -> ItemField? { byName[name] }

    /// Keys of groups: `place`, `online`, `takingPart`, `picture`.
    package static let groups: [String] = {
        var groups: [String] = []
        for field in all {
            guard let dot = field.name.firstIndex(of: ".") else { continue }
            let group = String(field.name[..<dot])
            if groups.last != group { groups.append(group) }
        }
        return groups
    }()

    /// Keys that Fortnight sets itself: ignored with a note when they are entered.
    package static let keptByFortnight: Set<String> = [
        "id", "uid", "sequence", "addedAt", "addedBy", "editedAt", "editedBy", "source", "change", "alsoOn",
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// In the order of the form.
    package static let all: [ItemField] = [
        ItemField("kind", .kind, "event, meeting or notice; it must agree with the command"),
        ItemField("title", .line(\.titleText), most: 200, "the title, on one line"),
        ItemField("network", .line(\.network), most: 60, "the short name of the meeting's network; meetings only"),
        ItemField(
            "starts", .time(\.starts), "the start: 2027-03-04T13:30, Thu 4 March 1.30pm, or +16d 13:30 from today"),
        ItemField("ends", .time(\.ends), "the end, written like the start"),
        ItemField("timezone", .line(\.zoneName), most: 60, "the time zone; the schedule's by default"),
        ItemField("place.name", .line(\.placeParts.name), "the building or room"),
        ItemField("place.address", .line(\.placeParts.address), "its address"),
        ItemField(
            "place.access", .paragraphs(\.placeParts.access), most: 1000,
            "access: steps, lift, toilet, hearing loop"),
        ItemField("online.url", .line(\.onlineParts.url), most: 2000, "the link to join by"),
        ItemField("online.dialIn", .line(\.onlineParts.dialIn), "the number to join by telephone"),
        ItemField("online.id", .line(\.onlineParts.id), "the meeting's id or code"),
        ItemField("organiser", .line(\.organiser), "the organiser's name"),
        ItemField("takingPart.phone", .line(\.takingPart.phone), "the number to ring"),
        ItemField("takingPart.text", .line(\.takingPart.text), "the number to text"),
        ItemField("takingPart.letter", .line(\.takingPart.letter), "the postal address"),
        ItemField("takingPart.email", .line(\.takingPart.email), "the email address"),
        ItemField("takingPart.url", .line(\.takingPart.url), most: 2000, "the page to book or reply on"),
        ItemField(
            "support", .paragraphs(\.support), most: 1000, "help to take part: travel costs, interpreters, equipment"),
        ItemField("topics", .list(\.topics), most: 60, "topics, separated by commas"),
        ItemField(
            "picture.file", .line(\.pictureParts.fileName), most: 500, "the picture's file: PNG, JPEG, GIF or WebP"),
        ItemField(
            "picture.alternative", .line(\.pictureParts.alternative), most: 500,
            "a description of the picture for people who cannot see it"),
        ItemField("picture.credit", .line(\.pictureParts.credit), "the picture's author"),
        ItemField("from", .day(\.from), "the first day on which it may appear: 2027-02-01, or +3d"),
        ItemField("until", .day(\.until), "the last day on which it may appear"),
        ItemField("priority", .number(\.priority, -100...100), "higher comes first within its part; 0 by default"),
        ItemField("repeat", .repetition, "once, or until-it-has-happened"),
        ItemField(
            "summary", .paragraphs(\.summaryText), most: 20_000, "the text, in Markdown; keep it short"),
    ]
}

// Each field as an optional text; a group is made by its first part and removed with its last.
extension Item {
    fileprivate var titleText: String? {
        get { title.isEmpty ? nil : title }
        set { title = newValue ?? "" }
    }

    fileprivate var summaryText: String? {
        get { summary.isEmpty ? nil : summary }
        set { summary = newValue ?? "" }
    }

    fileprivate var zoneName: String? {
        get { timezone.isEmpty ? nil : timezone }
        set { timezone = newValue ?? "" }
    }

    fileprivate var placeParts: Place {
        get { place ?? Place() }
        set { place = newValue == Place() ? nil : newValue }
    }

    fileprivate var onlineParts: Online {
        get { online ?? Online() }
        set { online = newValue == Online() ? nil : newValue }
    }

    fileprivate var pictureParts: Picture {
        get { picture ?? Picture(file: "") }
        set { picture = newValue == Picture(file: "") ? nil : newValue }
    }
}

extension Item.Picture {
    fileprivate var fileName: String? {
        get { file.isEmpty ? nil : file }
        set { file = newValue ?? "" }
    }
}
