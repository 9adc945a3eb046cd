import ArgumentParser
import Bulletin
import Foundation
import Mail
import Publishing
import Settings

struct DKIMCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dkim", abstract: "Keys that sign the mail.",
        subcommands: [DKIMGenerate.self, DKIMShow.self])
}

struct DKIMGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make a key, and print its DNS record.",
        discussion: """
            Writes a private key that its owner alone may read, and prints what to publish in the DNS and what to put into \
            fortnight.yaml. Nothing that is there is overwritten. RSA is what every receiver knows; an Ed25519 key may \
            stand beside it, with a selector of its own.
            """)

    @Option(help: ArgumentHelp("What kind of key: rsa (2048 bits) or ed25519.", valueName: "type"))
    var type: SigningKey.Algorithm = .rsa
    @Option(
        help: ArgumentHelp(
            "The name of the key in the DNS. Without it: the one in fortnight.yaml that has no key yet, else fortnight, or "
                + "fortnight-ed25519.", valueName: "name"))
    var selector: String?
    @Option(
        help: ArgumentHelp(
            "Where the key goes. Without it: where fortnight.yaml says, else SELECTOR.pem beside fortnight.yaml.",
            valueName: "file"))
    var file: String?
    @OptionGroup var listing: ListingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.configuration()
        let plan = try KeyPlan(self, configuration)
        let key = try SigningKey.make(type)
        let owner = KeyFile.owner(of: configuration.state)
        try KeyFile(plan.path).write(key.pem(), owner: owner)
        let record = try DKIMRecord(.init(domain: plan.domain, selector: plan.selector, key: key))
        if listing.json { return try record.printJSON(file: plan.path, algorithm: type) }
        print("Made \(plan.path) (\(key.inWords)), which its owner alone may read.")
        if getuid() == 0, owner == nil {
            print(
                "It belongs to root: let the daemon's account own it, or hand it over by LoadCredential= of its unit.")
        }
        print("")
        record.printForPeople(domain: plan.domain)
        print("")
        guard !plan.isConfigured else {
            return print("fortnight.yaml names it already: start the daemon again once the record can be seen.")
        }
        print("Once the record can be seen, put this into fortnight.yaml, and start the daemon again:\n")
        print(plan.lines(beside: configuration.dkim))
    }
}

extension SigningKey.Algorithm: ExpressibleByArgument {}

struct DKIMShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Print the DNS records of the keys that fortnight.yaml names.")

    @OptionGroup var listing: ListingOptions
    @OptionGroup var common: CommonOptions

    func run() throws {
        let configuration = try common.configuration()
        guard !configuration.dkim.isEmpty else {
            throw CommandFailure("nothing is signed: make a key with \"fortnight dkim generate\"")
        }
        for (index, section) in configuration.dkim.enumerated() {
            let identity = try configuration.identity(section)
            let record = try DKIMRecord(identity)
            if listing.json {
                try record.printJSON(file: configuration.keyPath(section), algorithm: identity.key.algorithm)
                continue
            }
            if index > 0 { print("") }
            print("\(configuration.keyPath(section)) (\(identity.key.inWords))\n")
            record.printForPeople(domain: section.domain)
        }
    }
}

/// What a new key will be called and where it goes.
private struct KeyPlan {
    let domain: String
    let selector: String
    /// As fortnight.yaml names it.
    let file: String
    let path: String
    /// Whether fortnight.yaml names it already.
    let isConfigured: Bool

    init(_ command: DKIMGenerate, _ configuration: Configuration) throws {
        let usual = command.type == .rsa ? "fortnight" : "fortnight-ed25519"
        // Of those in the file, the one that was meant, or the first that waits for its key.
        let section = configuration.dkim.first { section in
            if let selector = command.selector { return section.selector == selector.lowercased() }
            return !FileManager.default.fileExists(atPath: configuration.keyPath(section))
        }
        let selector = try Self.checked(command.selector ?? section?.selector ?? usual)
        let domain =
            section?.domain ?? configuration.dkim.first?.domain ?? configuration.bulletin.from.address.domain
        let path =
            command.file.map { URL(filePath: $0).standardizedFileURL.path } ?? section.map { configuration.keyPath($0) }
            ?? "\(configuration.folder)/\(selector).pem"
        if let section, configuration.keyPath(section) != path {
            throw CommandFailure(
                "the selector \(selector) is that of \(configuration.keyPath(section)): choose another with --selector, so "
                    + "that mail on its way can still be verified")
        }
        (self.domain, self.selector, self.path) = (domain, selector, path)
        isConfigured = section != nil
        let folder = configuration.folder + "/"
        file = path.hasPrefix(folder) ? String(path.dropFirst(folder.count)) : path
    }

    private static func checked(_ selector: String) throws -> String {
        let lower = selector.lowercased()
        guard Domain.aLabels(lower + ".example.org") == lower + ".example.org" else {
            throw ValidationError(
                "\(Terminal.safe(selector)) is no selector: write letters, digits and hyphens, such as fortnight.")
        }
        return lower
    }

    /// Lines for fortnight.yaml, with the keys that it names already.
    func lines(beside others: [Configuration.DKIMSection]) -> String {
        let all = others.map { ($0.domain, $0.selector, $0.keyFile) } + [(domain, selector, file)]
        let sections = all.map { "{domain: \($0), selector: \($1), keyFile: \"\($2)\"}" }
        guard sections.count > 1 else { return "dkim: \(sections[0])" }
        return "dkim:\n" + sections.map { "  - \($0)" }.joined(separator: "\n")
    }
}

extension SigningKey {
    /// `RSA, 2048 bits`
    fileprivate var inWords: String { algorithm == .rsa ? "RSA, \(bits) bits" : "Ed25519" }
}

extension DKIMRecord {
    private struct Row: Encodable {
        let name: String
        let type = "TXT"
        let value: String
        let strings: [String]
        let file: String
        let algorithm: String

        enum CodingKeys: CodingKey { case name, type, value, strings, file, algorithm }
    }

    fileprivate func printJSON(file: String, algorithm: SigningKey.Algorithm) throws {
        let row = Row(name: name, value: value, strings: strings, file: file, algorithm: algorithm.rawValue)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(row), as: UTF8.self))
    }

    fileprivate func printForPeople(domain: String) {
        print("The TXT record to publish, as a zone file has it:\n")
        print(zoneLines)
        print("\nIn a web form, the name is \(name.dropLast(domain.count + 1)), and the value, in one piece:\n")
        print(value)
    }
}
