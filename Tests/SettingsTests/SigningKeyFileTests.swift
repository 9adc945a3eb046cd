import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite struct SigningKeyFileTests {
    @Test func oneKeyOrAListOfThem() throws {
        let one = try read(least + "dkim: {domain: Example.org, selector: Fortnight, keyFile: a.pem}\n")
        #expect(one.dkim == [.init(domain: "example.org", selector: "fortnight", keyFile: "a.pem")])
        let two = try read(
            least + """
                dkim:
                  - {domain: example.org, selector: fortnight, keyFile: a.pem}
                  - {domain: example.org, selector: second, keyFile: b.pem}

                """)
        #expect(two.dkim.map(\.selector) == ["fortnight", "second"])
        #expect(try read(least + "dkim:\n").dkim.isEmpty)
        #expect(try read(least + "dkim: []\n").dkim.isEmpty)
    }

    @Test func whatIsMissingOrTwiceIsSaid() {
        #expect(
            faults(least + "dkim: {domain: example.org, selector: fortnight}\n")
                == ["fortnight.yaml:11:7: dkim.keyFile is missing: write a path"])
        #expect(
            faults(
                least + """
                    dkim:
                      - {domain: example.org, selector: fortnight, keyFile: a.pem}
                      - {domain: example.org, selector: fortnight, keyFile: b.pem}

                    """) == [
                    "fortnight.yaml:13:37: dkim.selector: fortnight is there twice, but names one key only: give each key "
                        + "a selector of its own"
                ])
    }

    @Test func aKeyIsReadByItsOwnerAloneOrAsSystemdHandsItOver() throws {
        try withScratchFolder { folder in
            let credentials = folder + "/credentials"
            try FileManager.default.createDirectory(atPath: credentials, withIntermediateDirectories: false)
            try Data(least.utf8).write(to: URL(filePath: folder + "/fortnight.yaml"))
            let configuration = try Configuration.load(
                path: folder + "/fortnight.yaml", environment: ["CREDENTIALS_DIRECTORY": credentials])
            func reads(_ name: String, _ mode: Int, in place: String) throws -> Bool {
                let file = "\(place)/\(name)"
                try Data("key".utf8).write(to: URL(filePath: file))
                try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
                do throws(ConfigurationFault) {
                    return try configuration.privateKey(name, for: "dkim.keyFile") == Array("key".utf8)
                } catch {
                    #expect(
                        error.description
                            == "\(file): may be read by others than its owner, and dkim.keyFile names it: chmod 600 \(file)"
                    )
                    return false
                }
            }
            for (mode, isGood) in [(0o600, true), (0o400, true), (0o640, false), (0o604, false), (0o644, false)] {
                #expect(try reads("own", mode, in: folder) == isGood, "\(String(mode, radix: 8))")
            }
            for (mode, isGood) in [(0o400, true), (0o440, true), (0o600, true), (0o444, false), (0o460, false)] {
                #expect(try reads("handed", mode, in: credentials) == isGood, "\(String(mode, radix: 8))")
            }
        }
    }
}
