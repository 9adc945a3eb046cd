import ArgumentParser
import Bulletin
import Intake

/// An option for each field of an item, named after its key: `takingPart.phone` is `--taking-part-phone`.
struct ItemOptions: ParsableArguments {
    @Option(help: ItemOptions.help("title")) var title: String?
    @Option(help: ItemOptions.help("network")) var network: String?
    @Option(help: ItemOptions.help("starts")) var starts: String?
    @Option(help: ItemOptions.help("ends")) var ends: String?
    @Option(help: ItemOptions.help("timezone")) var timezone: String?
    @Option(help: ItemOptions.help("place.name")) var placeName: String?
    @Option(help: ItemOptions.help("place.address")) var placeAddress: String?
    @Option(help: ItemOptions.help("place.access")) var placeAccess: String?
    @Option(help: ItemOptions.help("online.url")) var onlineURL: String?
    @Option(help: ItemOptions.help("online.dialIn")) var onlineDialIn: String?
    @Option(help: ItemOptions.help("online.id")) var onlineId: String?
    @Option(help: ItemOptions.help("organiser")) var organiser: String?
    @Option(help: ItemOptions.help("takingPart.phone")) var takingPartPhone: String?
    @Option(help: ItemOptions.help("takingPart.text")) var takingPartText: String?
    @Option(help: ItemOptions.help("takingPart.letter")) var takingPartLetter: String?
    @Option(help: ItemOptions.help("takingPart.email")) var takingPartEmail: String?
    @Option(help: ItemOptions.help("takingPart.url")) var takingPartURL: String?
    @Option(help: ItemOptions.help("support")) var support: String?
    @Option(help: ItemOptions.help("topics")) var topics: String?
    @Option(help: ItemOptions.help("picture.file")) var pictureFile: String?
    @Option(help: ItemOptions.help("picture.alternative")) var pictureAlternative: String?
    @Option(help: ItemOptions.help("picture.credit")) var pictureCredit: String?
    @Option(help: ItemOptions.help("from")) var from: String?
    @Option(help: ItemOptions.help("until")) var until: String?
    @Option(help: ItemOptions.help("priority")) var priority: String?
    @Option(help: ItemOptions.help("repeat")) var `repeat`: String?
    @Option(help: ItemOptions.help("summary")) var summary: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("Any field by its key; repeat the option for more.", valueName: "key=value"))
    var settings: [String] = []

    private static func help(_ field: String) -> ArgumentHelp {
        ArgumentHelp(stringLiteral: ItemField.named(field).map { sentence($0.doc) } ?? field)
    }

    private static func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() + "." }

    /// The fields that were given, by their keys.
    private var given: [(field: String, text: String?)] {
        [
            ("title", title), ("network", network), ("starts", starts), ("ends", ends), ("timezone", timezone),
            ("place.name", placeName), ("place.address", placeAddress), ("place.access", placeAccess),
            ("online.url", onlineURL), ("online.dialIn", onlineDialIn), ("online.id", onlineId),
            ("organiser", organiser), ("takingPart.phone", takingPartPhone), ("takingPart.text", takingPartText),
            ("takingPart.letter", takingPartLetter), ("takingPart.email", takingPartEmail),
            ("takingPart.url", takingPartURL), ("support", support), ("topics", topics),
            ("picture.file", pictureFile), ("picture.alternative", pictureAlternative),
            ("picture.credit", pictureCredit), ("from", from), ("until", until), ("priority", priority),
            ("repeat", self.repeat), ("summary", summary),
        ]
    }

    var isEmpty: Bool { settings.isEmpty && given.allSatisfy { $0.text == nil } }

    /// Sets the given fields in `draft`.
    func fill(_ draft: inout ItemDraft) throws {
        for case (let field, let text?) in given { try draft.set(field, to: text) }
        for setting in settings {
            guard let equals = setting.firstIndex(of: "=") else {
                throw ValidationError("--set takes a key and a value, such as --set title=\"A new title\".")
            }
            try draft.set(String(setting[..<equals]), to: String(setting[setting.index(after: equals)...]))
        }
    }
}
