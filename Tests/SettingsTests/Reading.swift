import Foundation
import TestSupport
import Testing

@testable import Settings

/// The least that a configuration holds.
let least = """
    bulletin:
      name: Health eBulletin
      from: Health eBulletin <bulletin@example.org>
      postalAddress: 1 Example Street, Manchester M1 1AA
    schedule:
      first: 2026-12-02 10:00
    smtp:
      url: smtp://relay.example.org:587
    web:
      publicURL: https://bulletin.example.org

    """

/// Reads that text as `fortnight.yaml` of a folder of its own.
func read(_ text: String, environment: [String: String] = [:]) throws -> Configuration {
    try withScratchFolder { folder in
        let file = folder + "/fortnight.yaml"
        try Data(text.utf8).write(to: URL(fileURLWithPath: file))
        return try Configuration.load(path: file, environment: environment)
    }
}

/// What is said about that text, the folder's name left out.
func faults(_ text: String, environment: [String: String] = [:]) -> [String] {
    faults(Data(text.utf8), environment: environment)
}

func faults(_ bytes: Data, environment: [String: String] = [:]) -> [String] {
    do {
        return try withScratchFolder { folder in
            let file = folder + "/fortnight.yaml"
            try bytes.write(to: URL(fileURLWithPath: file))
            do {
                _ = try Configuration.load(path: file, environment: environment)
                return []
            } catch let fault as ConfigurationFault {
                return fault.all.map { $0.description.replacing(folder + "/", with: "") }
            }
        }
    } catch {
        return ["\(error)"]
    }
}

/// `least` with lines added to, or put in the place of, those of one of its sections.
func least(_ section: String, _ lines: String...) -> String {
    var result: [String] = []
    let added = lines.map { "  " + $0 }
    let keys = lines.compactMap { $0.split(separator: ":").first }
    var within = false
    var found = false
    for line in least.split(separator: "\n") {
        if !line.hasPrefix(" ") { within = line == section + ":" }
        let replaced = within && keys.contains { line.hasPrefix("  \($0):") }
        if !replaced { result.append(String(line)) }
        if line == section + ":" {
            result += added
            found = true
        }
    }
    return (result + (found ? [] : [section + ":"] + added)).joined(separator: "\n") + "\n"
}
