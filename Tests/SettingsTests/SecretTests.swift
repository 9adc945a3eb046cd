import Bulletin
import Foundation
import TestSupport
import Testing

@testable import Settings

@Suite struct SecretTests {
    private func load(in folder: String, _ file: String, environment: [String: String] = [:]) throws -> Configuration {
        let text = least("smtp", "username: bulletin", "passwordFile: \(file)")
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/fortnight.yaml"))
        return try Configuration.load(path: folder + "/fortnight.yaml", environment: environment)
    }

    private func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }

    @Test func aSecretIsReadOnlyWhenItIsAskedFor() throws {
        try withScratchFolder { folder in
            let configuration = try load(in: folder, "smtp-password")
            #expect(
                throws: ConfigurationFault(
                    .file(folder + "/smtp-password"),
                    "does not exist, and smtp.passwordFile names it: put the secret there")
            ) {
                try configuration.relays()
            }
            try write("s3cret \n", to: folder + "/smtp-password")
            #expect(try configuration.relays().map(\.password) == ["s3cret "])
        }
    }

    @Test func aCredentialOfSystemdComesBeforeAFileBesideTheConfiguration() throws {
        try withScratchFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/credentials", withIntermediateDirectories: false)
            try write("beside", to: folder + "/smtp-password")
            let environment = ["CREDENTIALS_DIRECTORY": folder + "/credentials"]
            #expect(try load(in: folder, "smtp-password", environment: environment).relays()[0].password == "beside")
            try write("credential\r\n", to: folder + "/credentials/smtp-password")
            #expect(
                try load(in: folder, "smtp-password", environment: environment).relays()[0].password == "credential")
            try write("absolute", to: folder + "/absolute")
            #expect(
                try load(in: folder, folder + "/absolute", environment: environment).relays()[0].password == "absolute")
        }
    }

    @Test(arguments: [
        ("", "is empty"), ("\n", "is empty"), ("a\nb\n", "holds more than one line"),
        ("a\0b", "holds more than one line"),
    ])
    func aPasswordThatNoProtocolCarriesIsRefused(_ text: String, _ what: String) throws {
        try withScratchFolder { folder in
            try write(text, to: folder + "/p")
            let configuration = try load(in: folder, "p")
            let fault = #expect(throws: ConfigurationFault.self) { try configuration.relays() }
            #expect(fault?.description.hasPrefix("\(folder)/p: \(what), and smtp.passwordFile names it") == true)
        }
    }
}

@Suite struct PathTests {
    @Test func pathsAreRelativeToTheFile() throws {
        try withScratchFolder { folder in
            try FileManager.default.createDirectory(atPath: folder + "/templates", withIntermediateDirectories: false)
            try Data((least + "state: ./kept\n").utf8).write(to: URL(fileURLWithPath: folder + "/fortnight.yaml"))
            let configuration = try Configuration.load(path: folder + "/fortnight.yaml", environment: [:])
            #expect(configuration.state == folder + "/kept")
            #expect(configuration.templates == folder + "/templates")
            #expect(configuration.file == folder + "/fortnight.yaml")
        }
    }

    @Test func theVariableNamesTheFileUnlessTheOptionDoes() throws {
        try withScratchFolder { folder in
            for name in ["a", "b"] {
                try Data((least + "state: \(name)\n").utf8).write(to: URL(fileURLWithPath: folder + "/\(name).yaml"))
            }
            let environment = ["FORTNIGHT_CONFIG": folder + "/a.yaml"]
            #expect(try Configuration.load(path: nil, environment: environment).state == folder + "/a")
            #expect(try Configuration.load(path: folder + "/b.yaml", environment: environment).state == folder + "/b")
        }
    }
}
