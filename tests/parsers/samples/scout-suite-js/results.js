scoutsuite_results =
{
 "account_id": "111122223333",
 "environment": null,
 "last_run": {
  "ruleset_about": "about",
  "ruleset_name": "default",
  "time": "2024-10-01 10:00:00+0000",
  "version": "5.14.0"
 },
 "provider_code": "aws",
 "provider_name": "AWS",
 "services": {
  "s3": {
   "buckets": {},
   "findings": {
    "s3-bucket-no-mfa-delete": {
     "checked_items": 2,
     "dashboard_name": "Buckets",
     "description": "Bucket without MFA Delete",
     "flagged_items": 2,
     "items": [
      "s3.buckets.tide",
      "s3.buckets.gull"
     ],
     "level": "warning",
     "path": "s3.buckets.id",
     "rationale": "Deleting is easy.",
     "references": [
      "https://docs.example.com/mfa"
     ],
     "remediation": "Enable it",
     "service": "S3"
    },
    "s3-fine": {
     "description": "fine",
     "flagged_items": 0,
     "items": [],
     "level": "danger"
    }
   }
  },
  "iam": {
   "findings": {
    "iam-root": {
     "description": "Root in use",
     "items": [
      "iam.root"
     ],
     "level": "danger",
     "references": null,
     "service": "IAM"
    }
   }
  }
 }
}
