using Sequencer.Iac.Configuration;

namespace Sequencer.Iac.Tests.Configuration;

public sealed class SettingChecksTests
{
    [Theory]
    [InlineData("region", "us-east-1", "eu-central-2", "us-gov-west-1", "ap-southeast-4")]
    [InlineData("key_name", "k", "sequencer-key", "A.b_c-9")]
    [InlineData("security_group", "g", "sequencer-group")]
    [InlineData("instance_name", "sequencer", "a.b")]
    [InlineData("cred_file", "blocky_accessKeys.csv", "my key (1).csv")]
    [InlineData("ssh_cidr", "203.0.113.7", "203.0.113.0/24", "0.0.0.0/0", "2001:db8::1", "::/0")]
    [InlineData("ssh_cidr", "203.0.113.7,198.51.100.0/24", "203.0.113.7, 2001:db8::1")]
    [InlineData("service_ports", "5000", "443,5000", "1, 65535")]
    [InlineData("instance_kind", "nitro", "standard")]
    [InlineData("instance_type", "c5a.xlarge", "t3.micro", "u-6tb1.112xlarge", "c6g.metal")]
    [InlineData("image_id", "ami-0123456789abcdef0", "ami-12345678", "resolve:ssm:/aws/service/x:1")]
    [InlineData("availability_zone", "us-east-1a", "us-gov-west-1c", "ap-southeast-4b")]
    [InlineData("volume_gib", "8", "16384")]
    [InlineData("enclave_memory_mib", "64", "2048")]
    [InlineData("enclave_cpu_count", "1", "2")]
    [InlineData("key_type", "ed25519", "rsa")]
    [InlineData("kms_alias", "sequencer-log-key", "prod/log_key")]
    [InlineData("tags", "team=ledger", "team=ledger,stage=a b", "k=")]
    [InlineData("endpoint_url", "https://ec2.example.com", "http://127.0.0.1:5555", "http://localhost:1/")]
    public void Check_GoodValue_IsTaken(string key, params string[] values)
    {
        foreach (var value in values)
            Find(key).Check(value).Should().BeNull("{0} is fine as {1}", value, key);
    }

    [Theory]
    [InlineData("region", "us_east_1", "US-EAST-1", "useast1", "us-east-1\n", "")]
    [InlineData("key_name", "", "a/b", "../x", ".hidden", "-x", "a*", "k\n")]
    [InlineData("security_group", "sg-123", "a b", "*")]
    [InlineData("instance_name", "", "a?b", "naïve")]
    [InlineData("cred_file", "../k.csv", "/etc/passwd", "a/b.csv", "")]
    [InlineData("ssh_cidr", "203.0.113", "203.0.113.7/24", "203.0.113.7/33", "203.0.113.7/")]
    [InlineData("ssh_cidr", "::1/129", "me", "1", "203.0.113.7/-1", "203.0.113.07")]
    [InlineData("ssh_cidr", "::ffff:1.2.3.4", "fe80::1%eth0", "203.0.113.7,", "203.0.113.7,me", "", ",")]
    [InlineData("ssh_cidr", "203.0.113.7,203.0.113.7/32", "1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,"
        + "1.1.1.7,1.1.1.8,1.1.1.9,1.1.1.10,1.1.1.11")]
    [InlineData("service_ports", "0", "65536", "22", "5000,22", "5000,5000", "http", "", "5000,")]
    [InlineData("service_ports", "022", "5000,0022", "5000,05000", "+22")]
    [InlineData("instance_kind", "Nitro", "enclave")]
    [InlineData("instance_type", "c5a", "c5a.xlarge;", "C5A.XLARGE")]
    [InlineData("image_id", "ami-xyz", "debian", "resolve:ssm:")]
    [InlineData("availability_zone", "us-east-1", "a", "US-EAST-1A", "us-east-1a\n", "us-east-1*", "use1-az1")]
    [InlineData("volume_gib", "7", "16385", "-20", "20.5", "1e3", "+20")]
    [InlineData("enclave_cpu_count", "0", "x")]
    [InlineData("key_type", "dsa", "RSA")]
    [InlineData("kms_alias", "alias x", "aws/mine", "")]
    [InlineData("tags", "team", "=x", "Name=x", "aws:x=y", "managed-by=me", "a=1,a=2", "a=b=c")]
    [InlineData("endpoint_url", "127.0.0.1:5555", "ftp://x", "http://ec2.example.com", "x")]
    public void Check_BadValue_IsRefusedWithAnExplanation(string key, params string[] values)
    {
        foreach (var value in values)
            Find(key).Check(value).Should().NotBeNullOrEmpty("{0} is no {1}", value, key);
    }

    private static Setting Find(string key) => Settings.All.Single(setting => setting.Key == key);
}
